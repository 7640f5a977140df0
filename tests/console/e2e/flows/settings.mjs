// Settings and people.

import assert from 'node:assert/strict';
import { go, shot } from '../support/browser.mjs';
import { until } from '../support/world.mjs';

/** @type {import('../support/stage.mjs').Flows} */
export default {
  'an admin adds a quick reply, a label and a department, and takes one back': async (stage) => {
    const { world } = stage;
    const page = await stage.page('carmen', '/settings/quick-replies');
    const dialog = page.locator('dialog[open]').last();
    const save = () => dialog.getByRole('button', { name: 'Guardar', exact: true }).click();
    await page.getByRole('button', { name: 'Nueva respuesta' }).first().click();
    await dialog.getByLabel('Atajo').fill('pago');
    await dialog.getByLabel('Texto').fill('Puedes pagar con *Zelle*.');
    await save();
    await page.getByRole('row').filter({ hasText: '/pago' }).waitFor();
    await go(page, '/settings/labels');
    await page.getByRole('button', { name: 'Nueva etiqueta' }).first().click();
    await dialog.getByLabel('Nombre').fill('Reclamo');
    await save();
    await page.getByRole('row').filter({ hasText: 'Reclamo' }).waitFor();
    await go(page, '/settings/departments');
    await page.getByRole('button', { name: 'Nuevo departamento' }).first().click();
    await dialog.getByLabel('Nombre').fill('Cobranzas');
    await save();
    const row = page.getByRole('row').filter({ hasText: 'Cobranzas' });
    await row.waitFor();
    await row.getByRole('button', { name: /Más acciones/ }).click();
    await page.getByRole('menuitem', { name: 'Eliminar', exact: true }).click();
    await page.getByRole('button', { name: 'Deshacer' }).first().click();
    await until(async () => (await world.api('GET', '/v1/departments')).items.some((/** @type {any} */ one) => one.name === 'Cobranzas'), 'the department is back');
    assert.ok((await world.api('GET', '/v1/quick-replies')).items.some((/** @type {any} */ one) => one.shortcut === 'pago'));
  },

  'opening hours of a number are set, and what is wrong is said where it is': async (stage) => {
    const page = await stage.page('carmen', '/settings/numbers');
    const dialog = page.locator('dialog[open]').last();
    await page.locator('#number-pane').waitFor();
    await page.getByRole('button', { name: 'Más acciones del número' }).click();
    await page.getByRole('menuitem', { name: 'Horario', exact: true }).click();
    await dialog.getByLabel('Siempre abierto').uncheck();
    await dialog.getByRole('button', { name: 'Agregar horario el sábado' }).click();
    const saturday = dialog.getByRole('group', { name: 'sábado' });
    await saturday.getByLabel('Hasta').fill('08:00');
    await dialog.getByText('La hora final va después').first().waitFor();
    await saturday.getByLabel('Hasta').fill('13:00');
    await dialog.getByRole('button', { name: 'Guardar', exact: true }).click();
    await page.getByText('sáb 09:00–13:00').first().waitFor();
    await shot(page, 'settings-numbers');
  },

  'people are imported from a file: tried first, with what is wrong in it, then for good': async (stage) => {
    const { world } = stage;
    const rows = Array.from({ length: 12 }, (_, i) => `Importada ${i};${i === 3 ? '310' : `412777${1000 + i}`};p${i}@correo.example`);
    const page = await stage.page('carmen', '/people');
    const dialog = page.locator('dialog[open]').last();
    await page.getByRole('button', { name: 'Importar personas' }).click();
    await dialog.locator('input[type=file]').setInputFiles({ name: 'feria.csv', mimeType: 'text/csv', buffer: Buffer.from(`nombre_completo;celular;correo\n${rows.join('\n')}\n`) });
    await dialog.getByText('12 filas').waitFor();
    await dialog.getByLabel('Código de país si falta').fill('58');
    await dialog.getByRole('button', { name: 'Ensayar' }).click();
    await dialog.getByText('no es un teléfono completo').waitFor();
    await shot(page, 'import');
    await dialog.getByRole('button', { name: /^Importar \d+ fila/ }).click();
    await dialog.getByText('Importación terminada').waitFor();
    await dialog.getByRole('button', { name: 'Cerrar' }).last().click();
    const found = await until(async () => (await world.api('GET', '/v1/contacts?q=Importada&limit=50')).items.length, 'they are found');
    assert.equal(found, 11);
  },
};
