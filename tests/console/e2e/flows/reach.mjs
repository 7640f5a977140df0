// Within everybody's reach: by keyboard, in both languages, in both themes, on a narrow screen, for a screen reader.

import assert from 'node:assert/strict';
import { at, go, open, shot, signIn, violations } from '../support/browser.mjs';
import { lookAtAll } from '../support/pages.mjs';
import { customer } from '../support/company.mjs';

/** @type {import('../support/stage.mjs').Flows} */
export default {
  'by keyboard alone: from the list into a conversation, an answer, and on to the next': async (stage) => {
    const { world } = stage;
    await customer(world, { id: 'teclado1', name: 'Teclado Uno', text: 'primera', assignee: 'demo-camila' });
    await customer(world, { id: 'teclado2', name: 'Teclado Dos', text: 'segunda', assignee: 'demo-camila' });
    const page = await stage.page('camila', '/people');
    await page.locator('#main h1, #main h2').first().waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('m');
    await page.waitForURL(/inbox\/mine/);
    await page.locator('.conv-row', { hasText: 'Teclado Dos' }).waitFor();
    await page.keyboard.press('j');
    await page.waitForFunction(() => document.activeElement?.classList.contains('conv-row'));
    const opened = await page.evaluate(() => document.activeElement?.getAttribute('data-id'));
    await page.keyboard.press('Enter');
    await page.locator('.thread .msg').first().waitFor();
    assert.ok(page.url().includes(String(opened).replace('.', '~1')));
    await page.keyboard.press('r');
    await page.keyboard.type('contestado sin ratón');
    await page.keyboard.press('Control+Enter');
    await page.locator('.toast', { hasText: 'resuelta' }).waitFor();
    await page.keyboard.press('?');
    await page.locator('dialog[open]', { hasText: 'Atajos de teclado' }).waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+k');
    await page.keyboard.type('teclado');
    await page.locator('.goto li', { hasText: 'Teclado' }).first().waitFor();
    await page.keyboard.press('Escape');
  },

  'Spanish and English by the browser, and switched by hand': async (stage) => {
    const page = await signIn(stage.browser, stage.world, 'grace', '/inbox/all', { locale: 'en-US' });
    await page.locator('.rail-mods', { hasText: 'Campaigns' }).or(page.locator('.rail-mods', { hasText: 'People' })).first().waitFor();
    assert.equal(await page.evaluate(() => document.documentElement.lang.slice(0, 2)), 'en');
    await page.locator('.rail-foot button[lang=es]').click();
    await page.locator('.rail-mods', { hasText: 'Personas' }).waitFor();
    assert.equal(await page.evaluate(() => document.documentElement.lang.slice(0, 2)), 'es');
  },

  'axe finds nothing on any page, light and dark': async (stage) => {
    const { world } = stage;
    const row = await customer(world, { id: 'axe', name: 'Leonor Arias', text: 'Hola *buenas*, https://ejemplo.example', assignee: 'demo-carmen', kind: 'contact' });
    await world.sim('/people/axe/messages', { type: 'location', body: { latitude: 10.49, longitude: -66.85, name: 'Boleíta' } });
    const page = await stage.page('carmen');
    const found = [];
    for (const theme of /** @type {('light' | 'dark')[]} */ (['light', 'dark'])) {
      await page.emulateMedia({ colorScheme: theme });
      await open(page, row);
      found.push(...(await violations(page)).map((one) => `${theme} conversation ${one}`));
      await shot(page, `conversation-${theme}`);
      found.push(...await lookAtAll(page, theme));
    }
    await page.emulateMedia({ colorScheme: 'light' });
    assert.deepEqual(found, []);
  },

  'at 360 px wide nothing sticks out, and a conversation can be read and answered': async (stage) => {
    const row = await customer(stage.world, { id: 'movil', name: 'Victoria Móvil', text: 'Escribo desde el teléfono', assignee: 'demo-mariela' });
    const page = await signIn(stage.browser, stage.world, 'mariela', at(row), { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true });
    await page.locator('.thread .msg').first().waitFor();
    const wide = async () => page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(await wide() <= 360);
    await page.locator('.c-input').fill('Contestado desde el teléfono');
    await page.locator('.composer .send').click();
    await page.locator('.msg.out', { hasText: 'Contestado desde el teléfono' }).waitFor();
    await shot(page, 'narrow-conversation');
    for (const path of ['/inbox/all', '/people', '/campaigns', '/templates', '/reports', '/settings/numbers']) {
      await go(page, path);
      await page.locator('#main').first().waitFor();
      assert.ok(await wide() <= 360, path);
    }
    await shot(page, 'narrow-settings');
  },
};
