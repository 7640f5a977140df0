// The simulated phone: all that a customer can do there, and what the console shows of it.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { open, reply, shot, violations } from '../support/browser.mjs';
import { customer, SALES } from '../support/company.mjs';
import { phoneOf } from '../support/phone.mjs';
import { ROOT, until } from '../support/world.mjs';

/** @typedef {import('playwright-core').Page} Page */

/** Opens what can be done with a message on the phone. @param {Page} phone @param {string} text */
async function menuOf(phone, text) {
  const message = phone.locator('.thread .msg', { hasText: text });
  await message.hover();
  await message.locator('.more').click();
  return phone.locator('.menu.floating');
}

/** @param {Page} phone @param {string} text */
async function write(phone, text) {
  await phone.locator('.write textarea').fill(text);
  await phone.locator('.write textarea').press('Enter');
}

/** @type {import('../support/stage.mjs').Flows} */
export default {
  'on the phone a customer reacts, quotes, edits and deletes, and the console shows each': async (stage) => {
    const { world } = stage;
    const row = await customer(world, { id: 'gestos', name: 'Gertrudis Gestos', text: 'Buenas tardes' });
    const page = await stage.page('camila');
    await open(page, row);
    await (await reply(page, 'La entrega es el jueves.')).waitFor();
    const phone = await phoneOf(page, world, 'gestos', row);
    await phone.locator('.msg.in', { hasText: 'La entrega es el jueves.' }).waitFor();
    await (await menuOf(phone, 'La entrega es el jueves.')).getByRole('menuitem', { name: 'Reaccionar ❤️' }).click();
    await page.locator('.msg.out', { hasText: 'el jueves' }).locator('.react', { hasText: '❤️' }).waitFor();
    await phone.locator('.msg.in .react', { hasText: '❤️' }).waitFor();
    await (await menuOf(phone, 'La entrega es el jueves.')).getByRole('menuitem', { name: 'Quitar reacción' }).click();
    await page.locator('.msg.out', { hasText: 'el jueves' }).locator('.react').waitFor({ state: 'detached' });

    await (await menuOf(phone, 'La entrega es el jueves.')).getByRole('menuitem', { name: 'Responder' }).click();
    await phone.locator('.about', { hasText: 'el jueves' }).waitFor();
    await write(phone, '¿Antes de las 12?');
    const answer = page.locator('.msg.in', { hasText: '¿Antes de las 12?' });
    await answer.locator('.quote', { hasText: 'La entrega es el jueves.' }).waitFor();
    assert.ok(await phone.locator('.msg.out', { hasText: '¿Antes de las 12?' }).locator('blockquote', { hasText: 'el jueves' }).count());

    await (await menuOf(phone, '¿Antes de las 12?')).getByRole('menuitem', { name: 'Editar' }).click();
    await write(phone, '¿Antes de las 11?');
    await page.locator('.msg.in', { hasText: '¿Antes de las 11?' }).getByText(/editado/i).waitFor();
    await write(phone, 'Mi clave es 4321');
    await page.locator('.msg.in', { hasText: 'Mi clave es 4321' }).waitFor();
    await (await menuOf(phone, 'Mi clave es 4321')).getByRole('menuitem', { name: 'Eliminar para todos' }).click();
    await page.locator('.msg.in .bub.gone').waitFor();
    assert.equal(await page.locator('.thread').getByText('Mi clave es 4321').count(), 0, 'what was deleted is not shown');
    await shot(phone, 'phone-gestures');
    await shot(page, 'gestures');
  },

  'on the phone buttons and rows of a list are pressed, and the agent sees what was chosen': async (stage) => {
    const { world } = stage;
    const row = await customer(world, { id: 'elige', name: 'Elio Elige', text: 'Quiero una cita' });
    const page = await stage.page('joseluis');
    await open(page, row);
    const send = (/** @type {object} */ interactive) => world.api('POST', '/v1/messages', { from: SALES, to: { conversation: row.id }, message: { type: 'interactive', interactive } });
    await send({ type: 'button', body: { text: '¿Mañana o el viernes?' }, action: { buttons: [{ type: 'reply', reply: { id: 'm', title: 'Mañana' } }, { type: 'reply', reply: { id: 'v', title: 'El viernes' } }] } });
    await send({ type: 'list', body: { text: '¿A qué hora?' }, action: { button: 'Ver horas', sections: [{ title: 'Tarde', rows: [{ id: 't2', title: '2 p. m.', description: 'Con Wilmer' }, { id: 't4', title: '4 p. m.' }] }] } });
    const phone = await phoneOf(page, world, 'elige', row);
    await phone.locator('.buttons button', { hasText: 'El viernes' }).click();
    await page.locator('.msg.in', { hasText: 'El viernes' }).locator('.quote', { hasText: '¿Mañana o el viernes?' }).waitFor();
    await phone.locator('.buttons summary', { hasText: 'Ver horas' }).click();
    await phone.locator('.buttons details button', { hasText: '2 p. m.' }).click();
    await page.locator('.msg.in', { hasText: '2 p. m.' }).getByText('Con Wilmer').waitFor();
    await shot(phone, 'phone-choices');
    await shot(page, 'choices');
  },

  'a picture and a voice note from the phone are in the console, the note with its waveform': async (stage) => {
    const { world } = stage;
    const row = await customer(world, { id: 'envia', name: 'Esther Envía', text: 'Mira esto' });
    const page = await stage.page('camila');
    await open(page, row);
    const phone = await phoneOf(page, world, 'envia', row);
    await phone.locator('.attach summary').click();
    const [chooser] = await Promise.all([phone.waitForEvent('filechooser'), phone.getByRole('button', { name: 'Foto', exact: true }).click()]);
    await chooser.setFiles({ name: 'placa.jpg', mimeType: 'image/jpeg', buffer: readFileSync(`${ROOT}functions/media/tests/samples/picture.jpg`) });
    const picture = page.locator('.msg.in img.ph');
    await picture.waitFor();
    assert.ok(await picture.evaluate((/** @type {HTMLImageElement} */ it) => it.decode().then(() => it.naturalWidth > 0)));
    await phone.locator('.msg.out img.image').waitFor();
    await phone.getByRole('button', { name: 'Grabar nota de voz' }).click();
    await phone.getByRole('button', { name: 'Enviar nota de voz' }).waitFor();
    await phone.waitForTimeout(2200);
    await phone.getByRole('button', { name: 'Enviar nota de voz' }).click();
    await page.locator('.msg.in .voice svg.wave').waitFor();
    await page.locator('.msg.in .voice-time', { hasText: /0:00 \/ 0:0[1-3]/ }).waitFor();
    const sound = page.locator('.msg.in audio');
    await page.getByRole('button', { name: /^Reproducir nota de voz/ }).click();
    await until(() => sound.evaluate((/** @type {HTMLAudioElement} */ it) => it.currentTime > 0.2), 'it is heard');
    await shot(phone, 'phone-voice');
    await shot(page, 'voice-received');
  },

  'a phone number is hidden, the company blocked, promotions stopped, the phone turned off': async (stage) => {
    const { world } = stage;
    const row = await customer(world, { id: 'reserva', name: 'Rosa Reserva', text: 'Hola', kind: 'contact' });
    const page = await stage.page('joseluis');
    await open(page, row);
    const phone = await phoneOf(page, world, 'reserva', row);
    const press = (/** @type {string} */ name) => phone.locator('#controls').getByRole('button', { name, exact: true }).click();
    await press('Apagar el teléfono');
    await phone.locator('#controls').getByRole('button', { name: 'Encender el teléfono' }).waitFor();
    const late = await reply(page, '¿Sigues ahí?');
    await late.locator('.tick.is-sent').waitFor();
    await press('Encender el teléfono');
    await late.locator('.tick.is-delivered, .tick.is-read').waitFor();
    await press('Detener promociones');
    await until(async () => JSON.stringify(await world.api('GET', `/v1/contacts/${row.contact.id}/consent`)).match(/opted_out|opt_out|stop|denied|"no"/i), 'the record knows of it');
    await press('Bloquear a la empresa');
    await phone.locator('.thread', { hasText: 'Bloqueaste esta línea' }).waitFor();
    await (await reply(page, 'Este no llega')).waitFor();
    await page.locator('.msg.out', { hasText: 'Este no llega' }).locator('.fail').waitFor();
    assert.equal(await phone.getByText('Este no llega').count(), 0);
    await press('Desbloquear');
    await press('Ocultar su teléfono');
    await phone.locator('#controls').getByRole('button', { name: 'Mostrar su teléfono' }).waitFor();
    await phone.locator('.write textarea').fill('Ahora sin número');
    await phone.locator('.write textarea').press('Enter');
    await page.locator('.msg.in', { hasText: 'Ahora sin número' }).waitFor();
    await shot(page, 'blocked-and-hidden');
  },

  'a new customer without a phone number writes, and is somebody unknown in the inbox': async (stage) => {
    const { world } = stage;
    const page = await stage.page('camila', '/inbox/unknown');
    await page.locator('#main h1, #main h2').first().waitFor();
    const phone = await phoneOf(page, world, 'amara');
    assert.deepEqual(await violations(phone), [], 'axe finds nothing on the phone');
    await phone.getByRole('button', { name: 'Nuevo cliente' }).click();
    await phone.locator('#controls').getByLabel('Nombre', { exact: true }).fill('Nubia Nueva');
    await phone.locator('#controls').getByLabel('Nombre de usuario').fill('@nubia.nueva');
    await phone.getByRole('button', { name: 'Crear', exact: true }).click();
    await phone.locator('#controls select option:checked', { hasText: '@nubia.nueva' }).waitFor({ state: 'attached' });
    await phone.locator('#screen button.row:enabled').first().click();
    await write(phone, '¿Abren los domingos?');
    const found = page.locator('.conv-row', { hasText: 'Nubia Nueva' });
    await found.getByText('Sin teléfono').waitFor();
    await found.click();
    await page.locator('.msg.in', { hasText: '¿Abren los domingos?' }).waitFor();
    await phone.locator('.msg.out', { hasText: '¿Abren los domingos?' }).waitFor();
    await phone.getByRole('button', { name: 'English' }).click();
    await phone.getByText('New customer').waitFor();
    assert.deepEqual(await violations(phone), []);
    await shot(page, 'new-customer');
  },
};
