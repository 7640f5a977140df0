// A customer and agents talk.

import assert from 'node:assert/strict';
import { listen, open, reply, shot, wasPushed } from '../support/browser.mjs';
import { customer, longAgo } from '../support/company.mjs';

/** @type {import('../support/stage.mjs').Flows} */
export default {
  'a customer writes and the agent sees it at once, without asking': async (stage) => {
    const { world } = stage;
    const row = await customer(world, { id: 'yorgelis', name: 'Yorgelis Blanco', text: '¿Tienen cocinas a gas?' });
    const page = await stage.page('joseluis');
    await open(page, row);
    await world.sim('/people/yorgelis/messages', { text: 'Una de cinco hornillas' });
    await page.locator('.msg.in', { hasText: 'Una de cinco hornillas' }).waitFor();
    await page.locator('.conv-row', { hasText: 'Yorgelis Blanco' }).filter({ hasText: 'cinco hornillas' }).waitFor();
    assert.ok(wasPushed(page, 'Una de cinco hornillas'), 'it was pushed');
    assert.equal(await page.locator('.msg.in', { hasText: 'Una de cinco hornillas' }).count(), 1);
    await shot(page, 'inbox');
  },

  'an answer is on screen at once, goes out once, and its ticks come by themselves': async (stage) => {
    const { world } = stage;
    const row = await customer(world, { id: 'rafael', name: 'Rafael Medina', text: 'El técnico no llegó' });
    const page = await stage.page('camila');
    await open(page, row);
    const sent = await reply(page, 'Lo siento, Rafael. Ya lo llamo.');
    await sent.waitFor();
    await sent.locator('.tick.is-read').waitFor();
    assert.equal(await sent.count(), 1);
    const chat = (await world.sim('/people/rafael')).chat.filter((/** @type {any} */ one) => JSON.stringify(one).includes('Ya lo llamo'));
    assert.equal(chat.length, 1, 'the customer has it once');
  },

  'the phone shows what the agent wrote, and what is written there comes to the console': async (stage) => {
    const { world } = stage;
    const row = await customer(world, { id: 'alba', name: 'Alba Briceño', text: '¿A qué hora cierran?' });
    const page = await stage.page('joseluis');
    await open(page, row);
    await (await reply(page, 'Cerramos a las seis.')).waitFor();
    const phone = await page.context().newPage();
    listen(phone, 'the phone');
    await phone.goto(`${world.origin}/phone`, { waitUntil: 'commit' });
    await phone.locator('#controls select').first().selectOption('alba');
    await phone.locator('#screen button.row', { hasText: 'Cerramos a las seis.' }).click();
    await phone.locator('.write textarea').fill('Gracias, voy para allá');
    await phone.locator('.write textarea').press('Enter');
    await page.locator('.msg.in', { hasText: 'Gracias, voy para allá' }).waitFor();
    await shot(phone, 'phone');
  },

  'after the window has closed only templates are offered, with the record in them and a preview': async (stage) => {
    const { world } = stage;
    const row = await customer(world, { id: 'luz', name: 'Luz Marina Ospina', text: 'Quiero retirar mi pedido', timestamp: longAgo() });
    const page = await stage.page('joseluis');
    await open(page, row);
    await page.locator('.composer.is-closed').waitFor();
    assert.equal(await page.locator('.composer .send').count(), 0);
    await page.keyboard.press('t');
    await page.locator('.tp-item', { hasText: 'entrega_lista' }).first().click();
    const inputs = page.locator('.tp-fill input');
    await inputs.nth(1).waitFor();
    assert.match(await inputs.nth(0).inputValue(), /Luz/);
    await inputs.nth(1).fill('8812');
    await page.locator('.tp-view', { hasText: 'pedido 8812 está listo' }).waitFor();
    await shot(page, 'template-picker');
    await page.locator('.tp-view .btn.primary:not([disabled])').click();
    await page.locator('.msg.out', { hasText: 'pedido 8812 está listo' }).locator('.tick.is-delivered, .tick.is-read').waitFor();
  },

  'a quick reply is found by its shortcut and put into the composer': async (stage) => {
    const { world } = stage;
    const row = await customer(world, { id: 'nelson', name: 'Nelson Villamizar', text: 'Buenas' });
    const page = await stage.page('camila');
    await open(page, row);
    await page.keyboard.press('/');
    await page.keyboard.type('hor');
    await page.locator('.qr li').first().waitFor();
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => /** @type {HTMLTextAreaElement} */ (document.querySelector('.c-input')).value.startsWith('Atendemos de lunes'));
    await page.keyboard.press('Enter');
    await page.locator('.msg.out', { hasText: 'Atendemos de lunes' }).waitFor();
  },

  'a private note with a mention is seen by the colleague and never by the customer': async (stage) => {
    const { world } = stage;
    const row = await customer(world, { id: 'daniela', name: 'Daniela Quintero', text: 'Pago con Zelle' });
    const [mine, theirs] = await Promise.all([stage.page('joseluis'), stage.page('camila')]);
    await Promise.all([open(mine, row), open(theirs, row)]);
    await mine.keyboard.press('n');
    await mine.keyboard.type('mira @cami');
    await mine.locator('.qr li').first().waitFor();
    await mine.keyboard.press('Enter');
    await mine.keyboard.type('¿queda alguna?');
    await mine.keyboard.press('Enter');
    for (const page of [mine, theirs]) await page.locator('.pnote', { hasText: '¿queda alguna?' }).locator('.mention', { hasText: 'Camila' }).waitFor();
    assert.ok(!JSON.stringify((await world.sim('/people/daniela')).chat).includes('queda alguna'));
  },

  'one sees that a colleague reads and writes in the same conversation': async (stage) => {
    const { world } = stage;
    const row = await customer(world, { id: 'oscar', name: 'Óscar Rivas', text: 'Hola' });
    const [mine, theirs] = await Promise.all([stage.page('joseluis'), stage.page('camila')]);
    await open(mine, row);
    await open(theirs, row);
    await mine.locator('.conv-head .also').waitFor();
    await theirs.keyboard.press('r');
    await theirs.keyboard.type('Ya te');
    await mine.locator('.conv', { hasText: 'Camila' }).or(mine.locator('main', { hasText: /Camila.*escrib/ })).first().waitFor();
  },
};
