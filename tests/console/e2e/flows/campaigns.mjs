// Campaigns and templates.

import assert from 'node:assert/strict';
import { go, shot } from '../support/browser.mjs';
import { until } from '../support/world.mjs';

/** @type {import('../support/stage.mjs').Flows} */
export default {
  'a campaign goes from the editor to its finished report': async (stage) => {
    const { world } = stage;
    const list = await world.api('POST', '/v1/lists', { name: 'Clientes de la feria' });
    const people = await Promise.all(Array.from({ length: 6 }, async (_, i) => {
      const phone = `+58412666${1000 + i}`;
      await world.sim('/people', { id: `feria${i}`, name: `Feria ${i}`, phone, behaviour: { sent_after_ms: 20, delivered_after_ms: 60, read_after_ms: 150 } });
      const contact = await world.api('POST', '/v1/contacts', { name: `Feria ${i}`, phone, kind: 'lead' });
      await world.api('POST', `/v1/contacts/${contact.id}/consent`, { purpose: 'marketing', choice: 'opt_in', portfolio: '900000000000301', source: 'api', wording: 'Acepto promociones' });
      return contact;
    }));
    await world.api('POST', `/v1/lists/${list.id}/members`, { add: people.map((one) => one.id) });
    const page = await stage.page('carmen', '/campaigns');
    const button = (/** @type {string | RegExp} */ name) => page.getByRole('button', { name });
    await page.locator('#main h1, #main h2').first().waitFor();
    await page.keyboard.press('c');
    await page.locator('.hsteps').waitFor();
    await page.getByLabel('Nombre').fill('Semana de la feria');
    await page.getByText('Ventas Caracas').first().click();
    await button('Lista').first().click();
    await page.getByRole('option', { name: /Clientes de la feria/ }).click();
    await page.locator('.group-list li').first().waitFor();
    await page.keyboard.press('Control+Enter');
    await button('Elegir plantilla').click();
    await page.getByRole('option', { name: /semana_de_neveras/ }).click();
    await page.keyboard.press('Control+Enter');
    const fill = page.locator('.fill').first();
    await fill.getByLabel('De dónde sale').selectOption('record:first_name');
    await fill.getByLabel('Reemplazo').fill('cliente');
    await page.keyboard.press('Control+Enter');
    await page.getByRole('button', { name: 'Al confirmar', exact: true }).waitFor();
    await page.keyboard.press('Control+Enter');
    await page.locator('.ready', { hasText: 'Lista para enviar' }).waitFor();
    await shot(page, 'campaign-preflight');
    await page.keyboard.press('Control+Enter');
    await page.locator('dialog').getByRole('button', { name: 'Enviar ahora' }).click();
    const made = await until(async () => (await world.api('GET', '/v1/campaigns')).items.find((/** @type {any} */ one) => one.definition.name === 'Semana de la feria' && one.state === 'finished'), 'the campaign is finished', 90_000);
    await page.locator('.page-head', { hasText: 'Terminada' }).waitFor();
    await go(page, `/campaigns/${made.id}`);
    await page.getByRole('heading', { name: 'Personas', exact: true }).first().waitFor();
    await shot(page, 'campaign-report');
    const report = await world.api('GET', `/v1/campaigns/${made.id}/report`);
    assert.ok(JSON.stringify(report).includes('"read"'));
    assert.equal((await world.sim('/people/feria0')).chat.length, 1, 'each person has it once');
  },

  'a template is written with a preview, submitted, and is approved in front of one': async (stage) => {
    const page = await stage.page('carmen', '/templates/new');
    const editor = page.locator('.ed');
    await editor.waitFor();
    await page.locator('.tpl-body').getByLabel('Nombre').first().fill('Pago en cuotas');
    await editor.locator('textarea').first().fill('Llévate tu nevera en tres cuotas sin interés.');
    // Its account has to be known.
    await page.locator('button:not([disabled])', { hasText: 'Enviar a revisión' }).waitFor();
    await page.keyboard.press('Control+Enter');
    await page.waitForURL(/templates\/9/);
    await page.locator('.tpl-body', { hasText: 'Aprobada' }).waitFor();
    await shot(page, 'template');
  },

  'an audience comes from a file: what is wrong with it is said, and who is in it is counted before anything goes': async (stage) => {
    const page = await stage.page('carmen', '/campaigns/new');
    await page.locator('.hsteps').waitFor();
    await page.getByLabel('Nombre').fill('Invitados de la feria');
    await page.getByText('Ventas Caracas').first().click();
    await page.getByRole('button', { name: 'Archivo', exact: true }).first().click();
    const dialog = page.locator('dialog[open]').last();
    const choose = (/** @type {string} */ name, /** @type {string} */ text) => dialog.locator('input[type=file]').setInputFiles({ name, mimeType: 'text/csv', buffer: Buffer.from(text) });
    const put = dialog.locator('button.primary');
    await choose('vacío.csv', '');
    await dialog.locator('.callout').waitFor();
    assert.ok(await put.isDisabled());
    await choose('invitados.csv', `nombre,celular,ciudad\n${Array.from({ length: 8 }, (_, i) => `Invitada ${i},412888${1000 + i},Caracas`).join('\n')}\n`);
    assert.equal(await dialog.getByLabel('Columna').or(dialog.locator('select')).first().inputValue(), 'celular');
    await dialog.locator('input[inputmode=numeric]').fill('58');
    await shot(page, 'audience-file');
    await put.click();
    await dialog.waitFor({ state: 'detached' });
    await page.locator('.group-list li').first().waitFor();
    await shot(page, 'audience-file-added');
    await page.keyboard.press('Control+Enter');
    await page.getByRole('button', { name: 'Elegir plantilla' }).click();
    await page.getByRole('option', { name: /semana_de_neveras/ }).click();
    await page.keyboard.press('Control+Enter');
    const fill = page.locator('.fill').first();
    await fill.getByLabel('De dónde sale').selectOption('line');
    await fill.getByLabel('Columna').selectOption('nombre');
    await fill.getByLabel('Reemplazo').fill('cliente');
    await page.keyboard.press('Control+Enter');
    await page.getByRole('button', { name: 'Al confirmar', exact: true }).waitFor();
    await page.keyboard.press('Control+Enter');
    await page.getByText('8 personas en la audiencia').waitFor();
    // Who is in the file only is a person without consent: nobody of them gets a promotion.
    await page.getByRole('row').filter({ hasText: 'Nunca aceptaron promociones' }).getByText('8', { exact: true }).waitFor();
    await page.getByText('Nadie la recibiría').waitFor();
    await shot(page, 'audience-file-preflight');
  },
};
