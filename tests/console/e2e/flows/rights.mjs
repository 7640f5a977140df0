// Who sees what.

import assert from 'node:assert/strict';
import { expectComplaint, go, open, signIn, wasPushed } from '../support/browser.mjs';
import { customer, SUPPORT } from '../support/company.mjs';

/** @type {import('../support/stage.mjs').Flows} */
export default {
  'signing in goes by the issuer and back, leaves nothing in storage, and a reload asks for no password': async (stage) => {
    const { world, browser } = stage;
    const page = await signIn(browser, world, 'carmen', '/people');
    assert.equal(new URL(page.url()).pathname, '/people');
    assert.equal(await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }).includes('eyJ')), false, 'no token is kept');
    await page.reload({ waitUntil: 'commit' });
    await page.locator('#main h1, #main h2').first().waitFor();
    assert.equal(new URL(page.url()).pathname, '/people');
    assert.ok(!page.url().includes('code='));
  },

  'an agent of another department sees neither the row nor the push, and cannot open it by its address': async (stage) => {
    const { world } = stage;
    const row = await customer(world, { id: 'secreto', name: 'Inversiones El Hatillo', text: 'Asunto reservado' });
    const [ours, other] = [await stage.page('joseluis'), await stage.page('wilmer')];
    await open(ours, row);
    await world.sim('/people/secreto/messages', { text: 'Clave azul-42' });
    await ours.locator('.msg.in', { hasText: 'azul-42' }).waitFor();
    const control = await customer(world, { id: 'servicio1', name: 'Beatriz Peña', text: 'Mi lavadora gotea', to: '900000000000202' });
    await other.locator(`.conv-row[data-id="${control.id}"]`).waitFor();
    assert.equal(await other.locator(`.conv-row[data-id="${row.id}"]`).count(), 0);
    assert.ok(!wasPushed(other, 'azul-42') && !wasPushed(other, row.id), 'not a word of it was pushed');
    expectComplaint(other, /404|403/);
    await go(other, `/inbox/all/${row.id.replace('.', '~1')}`);
    await other.getByText('Ya no existe o no puedes verlo').first().waitFor();
    assert.ok(!wasPushed(other, 'azul-42'));
    assert.equal(await other.getByText('azul-42').count(), 0);
  },

  'a conversation that is handed to another department leaves the screen of whoever may not see it any more': async (stage) => {
    const { world } = stage;
    const row = await customer(world, { id: 'traspaso', name: 'Andreína Paz', text: '¿Reparan microondas?', to: SUPPORT });
    const ours = await stage.page('joseluis');
    // A number of another department: what was sent to one's own is all that one sees of it.
    await world.api('PATCH', `/v1/conversations/${row.id}`, { department: 'ventas' });
    await open(ours, row);
    expectComplaint(ours, /404|403/);
    await world.api('PATCH', `/v1/conversations/${row.id}`, { department: 'servicio', assignee: null });
    await ours.locator(`.conv-row[data-id="${row.id}"]`).waitFor({ state: 'detached' });
  },

  'an agent sees no campaigns and no way to import people': async (stage) => {
    const page = await stage.page('camila', '/people');
    await page.locator('#main h1, #main h2').first().waitFor();
    assert.equal(await page.getByRole('button', { name: 'Importar personas' }).count(), 0);
    assert.equal(await page.locator('.rail-mods a[href="/campaigns"]').count(), 0);
    await go(page, '/campaigns');
    await page.getByText('No tienes acceso a esta página').waitFor();
  },
};
