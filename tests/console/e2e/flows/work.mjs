// What is done with a conversation and with the record beside it.

import assert from 'node:assert/strict';
import { expectComplaint, open, shot } from '../support/browser.mjs';
import { customer } from '../support/company.mjs';
import { until } from '../support/world.mjs';

/** Selects a part of a message. @param {import('playwright-core').Locator} message @param {string} text */
const pick = (message, text) => message.evaluate((box, wanted) => {
  const walk = document.createTreeWalker(box, NodeFilter.SHOW_TEXT);
  for (let node = /** @type {Text | null} */ (walk.nextNode()); node; node = /** @type {Text | null} */ (walk.nextNode())) {
    const from = node.data.indexOf(wanted);
    if (from >= 0) { getSelection()?.setBaseAndExtent(node, from, node, from + wanted.length); return; }
  }
}, text);

/** @type {import('../support/stage.mjs').Flows} */
export default {
  'a conversation is assigned by the keyboard, and the colleague has it in front of them': async (stage) => {
    const { world } = stage;
    const row = await customer(world, { id: 'kike', name: 'Kike Salazar', text: '¿Precio de la lavadora?' });
    const [mine, theirs] = [await stage.page('joseluis'), await stage.page('camila', '/inbox/mine')];
    await open(mine, row);
    await mine.keyboard.press('a');
    await mine.keyboard.type('camila');
    await mine.keyboard.press('Enter');
    await mine.locator('.toast', { hasText: 'Camila' }).waitFor();
    await theirs.locator('.conv-row', { hasText: 'Kike Salazar' }).waitFor();
    assert.equal((await world.api('GET', `/v1/conversations/${row.id}`)).assignee, 'demo-camila');
  },

  'labelled, marked important, put aside, resolved, and taken back': async (stage) => {
    const { world } = stage;
    const row = await customer(world, { id: 'gladys', name: 'Gladys Peñaloza', text: 'Mi nevera no enfría', assignee: 'demo-joseluis' });
    const page = await stage.page('joseluis');
    await open(page, row);
    const now = () => world.api('GET', `/v1/conversations/${row.id}`);
    await page.keyboard.press('l');
    await page.keyboard.type('garan');
    await page.keyboard.press('Enter');
    await page.locator('.toast', { hasText: 'Garantía' }).waitFor();
    await page.keyboard.press('Escape');
    await page.locator('.thread-scroll').focus();
    await page.keyboard.press('s');
    await page.locator('.toast', { hasText: 'importante' }).waitFor();
    await page.locator('.thread-scroll').focus();
    await page.keyboard.press('h');
    await page.getByRole('menuitem', { name: /En 1 hora/ }).click();
    await page.locator('.toast', { hasText: 'Pospuesta' }).waitFor();
    const aside = await now();
    assert.deepEqual([aside.state, aside.important, aside.labels], ['snoozed', true, [stage.company.labels['Garantía']]]);
    await open(page, row);
    await page.keyboard.press('e');
    await page.locator('.toast', { hasText: 'resuelta' }).waitFor();
    await until(async () => (await now()).state === 'closed', 'it is resolved');
    await page.locator('.toast', { hasText: 'resuelta' }).getByRole('button').click();
    await until(async () => (await now()).state === 'open', 'it is open again');
  },

  'somebody unknown is put on record in one gesture, and back': async (stage) => {
    const { world } = stage;
    const row = await customer(world, { id: 'edilia', name: 'Edilia Duarte', text: 'Buenas, ¿hacen envíos?' });
    const page = await stage.page('camila');
    await open(page, row);
    await page.locator('.convert').waitFor();
    await page.keyboard.press('1');
    await page.locator('.rec-id .chip', { hasText: 'Prospecto' }).waitFor();
    assert.equal((await world.api('GET', `/v1/contacts/${row.contact.id}`)).kind, 'lead');
    await page.locator('.toast').last().getByRole('button').click();
    await page.locator('.convert').waitFor();
  },

  'what a customer says is copied to their record from the message itself, and taken back': async (stage) => {
    const { world } = stage;
    const row = await customer(world, { id: 'marisol', name: 'Marisol Cedeño', text: 'Mi correo es marisol@correo.example', kind: 'contact' });
    const page = await stage.page('joseluis');
    await open(page, row);
    await pick(page.locator('.msg.in .txt', { hasText: 'marisol@correo' }), 'marisol@correo.example');
    await page.locator('.copy-bar .on', { hasText: 'Correo' }).waitFor();
    await shot(page, 'copy-to-field');
    await page.keyboard.press('Enter');
    await page.locator('.fld.fresh', { hasText: 'marisol@correo.example' }).waitFor();
    assert.equal((await world.api('GET', `/v1/contacts/${row.contact.id}`)).email, 'marisol@correo.example');
    await page.locator('.fld.fresh .linkish').click();
    await page.locator('.fld.fresh').waitFor({ state: 'detached' });
    await until(async () => !(await world.api('GET', `/v1/contacts/${row.contact.id}`)).email, 'it is taken back');
  },

  'a record is edited in place': async (stage) => {
    const { world } = stage;
    const row = await customer(world, { id: 'jairo', name: 'Jairo Tovar', text: 'Vivo en Maracay', kind: 'lead' });
    const page = await stage.page('camila');
    await open(page, row);
    await page.keyboard.press('d');
    await page.locator('.record form').getByLabel('Ciudad').fill('Maracay');
    await page.locator('.record form .primary').click();
    await page.locator('.fld', { hasText: 'Maracay' }).waitFor();
    await until(async () => (await world.api('GET', `/v1/contacts/${row.contact.id}`)).fields?.ciudad === 'Maracay', 'it is on record');
  },

  'a record is edited while somebody else edits it: both changes stand, and who wrote the same is told before': async (stage) => {
    const { world } = stage;
    const row = await customer(world, { id: 'dosmanos', name: 'Dora Dosmanos', text: 'Cambié de correo', kind: 'lead' });
    const page = await stage.page('joseluis');
    await open(page, row);
    expectComplaint(page, /409/);
    const now = () => world.api('GET', `/v1/contacts/${row.contact.id}`);
    const form = page.locator('.record form');
    const edit = async (/** @type {string} */ city) => {
      await page.locator('.thread-scroll').focus();
      await page.keyboard.press('d');
      await form.getByLabel('Ciudad').fill(city);
    };
    await edit('Maracay');
    await world.api('PATCH', `/v1/contacts/${row.contact.id}`, { email: 'dora@correo.example' });
    await world.sim('/people/dosmanos/messages', { text: 'y escribo mientras tanto' });
    await page.locator('.msg.in', { hasText: 'mientras tanto' }).waitFor();
    await form.locator('.primary').click();
    await form.waitFor({ state: 'detached' });
    const both = await now();
    assert.deepEqual([both.email, both.fields.ciudad], ['dora@correo.example', 'Maracay']);

    await edit('Valencia');
    await world.api('PATCH', `/v1/contacts/${row.contact.id}`, { fields: { ciudad: 'Mérida' } });
    await form.locator('.primary').click();
    await form.getByRole('alert').filter({ hasText: 'Alguien cambió lo mismo' }).waitFor();
    assert.equal((await now()).fields.ciudad, 'Mérida', 'nothing is written over unseen');
    await form.locator('.primary').click();
    await form.waitFor({ state: 'detached' });
    assert.equal((await now()).fields.ciudad, 'Valencia');
  },

  'what an edited message says, and a place, are copied to the record as well': async (stage) => {
    const { world } = stage;
    const row = await customer(world, { id: 'corrige', name: 'Cora Corrige', text: 'Mi correo es cora@viejo.example', kind: 'contact' });
    const page = await stage.page('camila');
    expectComplaint(page, /400/);
    const [first] = (await world.sim('/people/corrige')).chat;
    await world.sim('/people/corrige/messages', { type: 'edit', body: { original_message_id: first.id, text: 'Mi correo es cora@nuevo.example' } });
    await world.sim('/people/corrige/messages', { type: 'location', body: { latitude: 10.49, longitude: -66.85, name: 'Barquisimeto' } });
    await open(page, row);
    await pick(page.locator('.msg.in .txt', { hasText: 'cora@nuevo' }), 'cora@nuevo.example');
    await page.locator('.copy-bar .on', { hasText: 'Correo' }).click();
    await page.locator('.fld.fresh', { hasText: 'cora@nuevo.example' }).waitFor();
    await pick(page.locator('.msg.in .loc'), 'Barquisimeto');
    await page.locator('.copy-bar').getByRole('button', { name: 'Otro' }).click();
    await page.getByRole('menuitem', { name: 'Ciudad' }).click();
    await page.locator('.fld.fresh', { hasText: 'Barquisimeto' }).waitFor();
    const now = await world.api('GET', `/v1/contacts/${row.contact.id}`);
    assert.deepEqual([now.email, now.fields.ciudad], ['cora@nuevo.example', 'Barquisimeto']);
  },
};
