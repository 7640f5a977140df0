// Reports: figures of chosen dates, drawn and as tables, as files, and what is shown where there are none.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { expectComplaint, go, open, reply, shot, signIn, violations } from '../support/browser.mjs';
import { customer } from '../support/company.mjs';
import { answerReports, emptyReport, report } from '../support/report.mjs';
import { until } from '../support/world.mjs';

/** @typedef {import('playwright-core').Page} Page */

/** Until figures are there and nothing is on its way. @param {Page} page */
async function shown(page) {
  await page.locator('.report-how').waitFor();
  await page.waitForFunction(() => !document.querySelector('#main .skeleton, #main [aria-busy=true]'));
}

/**
 * Somebody's page on the reports, with figures of a busy month.
 * @param {import('../support/stage.mjs').Stage} stage @param {string} path @param {(query: URLSearchParams) => object | number} [answer]
 */
async function reader(stage, path, answer = report) {
  const page = await stage.page('mariela', '/people');
  const asked = await answerReports(page, answer);
  await go(page, path);
  return { page, asked };
}

const PARTS = ['', '/times', '/team', '/campaigns', '/costs', '/consent'];

/** @type {import('../support/stage.mjs').Flows} */
export default {
  'what customers write and the team answers is in the report of the day after the next pass': async (stage) => {
    const { world } = stage;
    const row = await customer(world, { id: 'contado', name: 'Contado Uno', text: '¿Abren mañana?', assignee: 'demo-joseluis' });
    const agent = await stage.page('joseluis');
    await open(agent, row);
    await (await reply(agent, 'Sí, desde las 9')).locator('.tick').first().waitFor();
    const page = await stage.page('mariela', '/people');
    await answerReports(page, null);
    await go(page, '/reports/team?range=7');
    const counted = page.getByRole('table', { name: 'Equipo' }).getByRole('row', { name: /José Luis Uzcátegui.* %/ });
    // What was just written may be a moment younger than the pass.
    await until(async () => {
      await world.job({ v: '1', kind: 'roll_up', until: Date.now(), step: 'changed' });
      await page.getByRole('button', { name: 'Volver a cargar' }).click();
      return counted.waitFor({ timeout: 1500 }).then(() => true, () => false);
    }, 'the answer is counted');
    await page.getByRole('table', { name: 'Números' }).getByRole('row', { name: /Ventas Caracas/ }).waitFor();
    const saving = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Descargar CSV: Equipo' }).click();
    assert.match(await readFile(String(await (await saving).path()), 'utf8'), /^agent,name,department,.*\r\n(.*\r\n)*demo-joseluis,José Luis Uzcátegui,/);
  },

  'a supervisor reads a report of a month, against the one before': async (stage) => {
    const { page, asked } = await reader(stage, '/people');
    await page.keyboard.press('g');
    await page.keyboard.press('r');
    await shown(page);
    const { searchParams: query } = asked[0];
    assert.equal((Date.parse(`${query.get('to')}`) - Date.parse(`${query.get('from')}`)) / 86_400_000, 29);
    assert.equal(query.get('zone'), 'America/Caracas');
    const figures = page.locator('.stats').first();
    for (const text of ['2.318', '+11 %', 'antes 2.088', '6 min', '2 min menos', '+9', 'USD 741']) await figures.getByText(text).first().waitFor();
    await page.getByRole('img', { name: /Mensajes recibidos y enviados; el máximo es/ }).waitFor();
    await page.getByRole('img', { name: /El peor momento: Viernes de 13 a 17 h/ }).waitFor();
    await page.getByRole('row', { name: /José Luis Uzcátegui/ }).getByText('78 %').waitFor();
    await page.getByText('588,40').waitFor();
    await shot(page, 'reports');
    const heading = { '/times': '9 de cada 10', '/team': 'Departamentos', '/campaigns': 'Semana de neveras', '/costs': 'Verificación', '/consent': 'Aceptaron' };
    for (const [part, text] of Object.entries(heading)) {
      await page.locator(`.rail-sub a[href="/reports${part}"]`).click();
      await page.locator('.page-body').getByText(text).first().waitFor();
    }
    assert.equal(new Set(asked.map((one) => one.search)).size, 1, 'every part has the same figures');
  },

  'dates, number and department of a report stay in the address': async (stage) => {
    const { page, asked } = await reader(stage, '/reports');
    await shown(page);
    await page.getByLabel('Fechas').selectOption('7');
    await page.getByLabel('Número', { exact: true }).selectOption('900000000000202');
    await page.getByLabel('Departamento', { exact: true }).selectOption('servicio');
    await page.waitForURL(/reports\?range=7&number=900000000000202&department=servicio/);
    await page.waitForFunction(() => !document.querySelector('#main [aria-busy=true]'));
    const last = /** @type {URL} */ (asked.at(-1)).searchParams;
    assert.deepEqual([last.get('number'), last.get('department')], ['900000000000202', 'servicio']);
    await page.locator('.rail-sub a', { hasText: 'Costos' }).click();
    await page.waitForURL(/reports\/costs\?range=7&number=/);
    await page.getByLabel('Fechas').selectOption('own');
    await page.getByLabel('Desde').fill('2026-02-01');
    await page.getByLabel('Hasta').fill('2026-01-01');
    await page.getByText('El último día es anterior al primero').waitFor();
    assert.ok(!asked.some((one) => one.searchParams.get('to') === '2026-01-01'), 'dates that cannot be are not asked for');
    await page.getByLabel('Hasta').fill('2026-02-28');
    await page.waitForURL(/from=2026-02-01&to=2026-02-28&number=900000000000202/);
    await page.locator('#main .meta', { hasText: '1 feb a 28 feb 2026 · comparado con los 28 días anteriores' }).waitFor();
    await page.reload();
    await shown(page);
    assert.equal(await page.getByLabel('Desde').inputValue(), '2026-02-01');
    assert.equal(/** @type {URL} */ (asked.at(-1)).searchParams.get('from'), '2026-02-01');
  },

  'each drawing of a report has its table, and each part is had as a file': async (stage) => {
    const { page, asked } = await reader(stage, '/reports?from=2026-10-19&to=2026-11-17');
    await shown(page);
    const button = page.getByRole('button', { name: 'Tabla: Primera respuesta por hora' });
    await button.focus();
    await page.keyboard.press('Enter');
    assert.equal(await button.getAttribute('aria-pressed'), 'true');
    await page.getByRole('row', { name: /Viernes 20 h 28 min 40 2/ }).waitFor();
    await page.getByRole('button', { name: 'Tabla: Mensajes por día' }).click();
    assert.equal(await page.getByRole('table', { name: 'Mensajes' }).locator('tbody tr').count(), 30);
    const saving = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Descargar CSV: Equipo' }).click();
    const file = await saving;
    assert.equal(file.suggestedFilename(), 'equipo-2026-10-19-2026-11-17.csv');
    assert.match(await readFile(String(await file.path()), 'utf8'), /Mariela Rondón,642/);
    const url = /** @type {URL} */ (asked.at(-1));
    assert.equal(url.pathname, '/v1/reports/agents.csv');
    assert.equal(url.searchParams.get('from'), '2026-10-19');
    await page.getByRole('button', { name: 'Exportar' }).click();
    assert.equal(await page.getByRole('menuitem').count(), 7);
    const another = page.waitForEvent('download');
    await page.getByRole('menuitem', { name: 'Costos' }).click();
    assert.equal((await another).suggestedFilename(), 'costos-2026-10-19-2026-11-17.csv');
  },

  'a report without anything, one that fails and one that is refused say so, and how to go on': async (stage) => {
    const { page } = await reader(stage, '/reports', emptyReport);
    await page.getByRole('heading', { name: 'Nada en estas fechas' }).waitFor();
    await page.getByText('nadie espera').waitFor();
    await page.getByRole('button', { name: 'Ver los últimos 90 días' }).click();
    await page.waitForURL(/range=90/);
    await go(page, '/reports?department=export');
    await page.getByRole('button', { name: 'Quitar filtros' }).click();
    await page.waitForURL((url) => url.pathname === '/reports' && url.search === '');
    expectComplaint(page, /status of (500|403)/);
    await answerReports(page, () => 500);
    await go(page, '/reports?range=7');
    await page.getByRole('alert').getByText('El servidor falló').waitFor();
    assert.equal(await page.getByText('2.318').count(), 0, 'no figures of other dates');
    await answerReports(page, report);
    await page.getByRole('button', { name: 'Reintentar' }).click();
    await shown(page);
    await answerReports(page, () => 403);
    await go(page, '/reports?range=month');
    await page.getByText('No tienes acceso a esta página').waitFor();
    await answerReports(page, null);
  },

  'an agent sees no reports': async (stage) => {
    const page = await stage.page('camila', '/people');
    await page.locator('#main h1, #main h2').first().waitFor();
    const asked = await answerReports(page, report);
    assert.equal(await page.locator('.rail-mods a[href="/reports"]').count(), 0);
    await go(page, '/reports');
    await page.getByText('No tienes acceso a esta página').waitFor();
    assert.equal(asked.length, 0);
    await answerReports(page, null);
  },

  'axe finds nothing on any part of a full report, light and dark, and at 360 px nothing sticks out': async (stage) => {
    const { page } = await reader(stage, '/reports');
    const found = [];
    for (const theme of /** @type {('light' | 'dark')[]} */ (['light', 'dark'])) {
      await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
      for (const part of PARTS) {
        await go(page, `/reports${part}`);
        await shown(page);
        found.push(...(await violations(page)).map((one) => `${theme} ${part} ${one}`));
      }
      await shot(page, `reports-${theme}`);
    }
    await page.emulateMedia({ colorScheme: 'light', reducedMotion: null });
    await answerReports(page, null);
    assert.deepEqual(found, []);
    const phone = await signIn(stage.browser, stage.world, 'carmen', '/people', { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true });
    await answerReports(phone, report);
    for (const part of PARTS) {
      await go(phone, `/reports${part}`);
      await shown(phone);
      assert.ok(await phone.evaluate(() => document.documentElement.scrollWidth) <= 360, part);
      assert.deepEqual(await phone.evaluate(() => { const body = document.querySelector('.page-body'); return Number(body?.scrollWidth) - Number(body?.clientWidth); }), 0, part);
      await phone.locator('.cats a[aria-current=page]').waitFor();
      assert.deepEqual(await violations(phone), [], part);
    }
    await shot(phone, 'narrow-reports');
  },
};
