// A report as the API answers it, of a month that the company has not lived through: for what a page does with figures.

const DAY = 86_400_000;
const at = (/** @type {string} */ day) => Date.parse(`${day}T00:00:00Z`);

/** Messages of a weekday, as shares of the busiest; Sunday first. */
const WEEK = [0.1, 0.75, 0.8, 0.77, 0.86, 1, 0.5];
/** Minutes until the first response, from 8 to 20, on a weekday. */
const MINUTES = [3, 4, 4, 5, 6, 9, 14, 12, 7, 6, 6, 9, 18];

const times = (/** @type {number} */ count, /** @type {number} */ median, share = 0.87) => ({ count, median_seconds: median, p90_seconds: median * 5, on_time: Math.round(count * share) });

/** @param {string} from @param {string} to */
function days(from, to) {
  const all = [];
  for (let time = at(from); time <= at(to); time += DAY) {
    const date = new Date(time);
    const busy = WEEK[date.getUTCDay()];
    const campaign = date.getUTCDate() === 13;
    all.push({
      day: date.toISOString().slice(0, 10), conversations: Math.round(95 * busy), received: Math.round(380 * busy),
      sent: { agents: Math.round(330 * busy), programs: Math.round(18 * busy), automatic: Math.round(22 * busy), campaigns: campaign ? 430 : 0 }, resolved: Math.round(80 * busy), waiting: 0, unanswered: Math.round(4 * busy),
      opted_out: campaign ? 7 : date.getUTCDay() === 3 ? 1 : 0, opted_in: date.getUTCDay() === 2 ? 5 : 0, first_response: times(Math.round(90 * busy), 360),
    });
  }
  return all;
}

const hours = [1, 2, 3, 4, 5, 6].flatMap((weekday) => MINUTES.slice(0, weekday === 6 ? 5 : 13).map((minutes, i) => ({
  weekday, hour: 8 + i, count: weekday === 5 ? 40 : 22, unanswered: i === 12 ? 2 : 0, median_seconds: Math.round(minutes * 60 * (weekday === 5 ? 1.55 : 1)),
})));

const work = (/** @type {number} */ conversations, /** @type {number} */ median, /** @type {number} */ resolution, /** @type {number} */ unanswered, /** @type {number} */ share) => ({
  conversations, first_response: times(conversations, median, share), resolution: { count: conversations, median_seconds: resolution, p90_seconds: resolution * 4 }, unanswered, sent: conversations * 3,
});

const TEAM = /** @type {[string, string, string, ReturnType<typeof work>][]} */ ([
  ['demo-mariela', 'Mariela Rondón', 'ventas', work(642, 240, 10_920, 3, 0.94)], ['demo-camila', 'Camila Restrepo', 'ventas', work(518, 300, 13_200, 6, 0.91)],
  ['demo-joseluis', 'José Luis Uzcátegui', 'servicio', work(487, 540, 22_500, 11, 0.78)], ['demo-grace', 'Grace Whitfield', 'export', work(391, 420, 14_700, 5, 0.86)],
  ['demo-wilmer', 'Wilmer Rojas', 'servicio', work(280, 720, 34_200, 12, 0.69)],
]);

const COSTS = /** @type {[string, string, [number, number, number]][]} */ ([
  ['VE', 'Rest of Latin America', [444.2, 60.6, 20.6]], ['EC', 'Rest of Latin America', [50, 10, 3]], ['CO', 'Colombia', [93.1, 31.5, 6.62]], ['ES', 'Spain', [8.6, 3, 2.5]], ['US', 'North America', [2.6, 2.4, 2.34]],
]);

const totals = (/** @type {Record<string, any>} */ more = {}) => ({
  conversations: 2318, received: 9000, sent: { agents: 8000, programs: 420, automatic: 300, campaigns: 430 }, first_response: times(2200, 360, 0.91), resolution: { count: 1900, median_seconds: 15_000, p90_seconds: 90_000 },
  unanswered: 37, delivery: { accepted: 13_300, delivered: 13_000, read: 9000, failed: 120 }, opted_out: 12, opted_in: 20, cost: [{ currency: 'USD', micros: 741_060_000 }], free_messages: 11_940, unpriced: 3, ...more,
});

/** The report of a request. @param {URLSearchParams} query */
export const report = (query) => ({
  from: query.get('from'), to: query.get('to'), zone: query.get('zone'), as_of: new Date().toISOString(), target_seconds: 600,
  totals: totals(), previous: totals({ conversations: 2088, unanswered: 28, first_response: times(2000, 480, 0.88), opted_out: 15, opted_in: 18, delivery: { accepted: 12_000, delivered: 11_640, read: 7800, failed: 144 } }),
  backlog: { open: 31, waiting: 9, oldest_waiting_since: new Date(Date.now() - 5 * 3_600_000).toISOString() },
  days: days(query.get('from') ?? '', query.get('to') ?? ''), hours,
  agents: TEAM.map(([agent, name, department, more]) => ({ agent, name, department, ...more })),
  departments: [{ department: 'ventas', name: 'Ventas', ...work(1160, 270, 12_000, 9, 0.92) }, { department: 'servicio', name: 'Servicio técnico', ...work(767, 620, 26_000, 23, 0.75) }, { department: 'export', name: 'Exportación', ...work(391, 420, 14_700, 5, 0.86) }],
  numbers: [{ number: '900000000000201', name: 'Ventas Caracas', ...work(1551, 300, 13_000, 14, 0.9), delivery: { accepted: 9300, delivered: 9100, read: 6400, failed: 80 } }, { number: '900000000000202', name: 'Servicio técnico', ...work(767, 620, 26_000, 23, 0.75), delivery: { accepted: 4000, delivered: 3900, read: 2600, failed: 40 } }],
  costs: COSTS.flatMap(([market, name, prices]) => ['marketing', 'utility', 'authentication'].map((category, i) => ({ market, name, category, messages: Math.round(prices[i] * 14), unpriced: 0, currency: 'USD', micros: Math.round(prices[i] * 1e6) }))),
  campaigns: [
    { id: 'c-1', name: 'Semana de neveras', started_at: `${query.get('to')}T14:00:00Z`, state: 'finished', accepted: 430, delivered: 418, read: 301, replied: 44, clicked: 30, opted_out: 7, failed: 12, cost: [{ currency: 'USD', micros: 31_820_000 }], unpriced: 0 },
    { id: 'c-2', name: 'Aviso de garantía', started_at: `${query.get('from')}T14:00:00Z`, state: 'paused', accepted: 96, delivered: 95, read: 80, replied: 21, clicked: 0, opted_out: 0, failed: 0, cost: [], unpriced: 0 },
  ],
});

const NO_TIMES = { count: 0, median_seconds: null, p90_seconds: null, on_time: 0 };
const nothing = { conversations: 0, received: 0, sent: { agents: 0, programs: 0, automatic: 0, campaigns: 0 }, first_response: NO_TIMES, resolution: NO_TIMES, unanswered: 0, delivery: { accepted: 0, delivered: 0, read: 0, failed: 0 }, opted_out: 0, opted_in: 0, cost: [], free_messages: 0, unpriced: 0 };

/** A report of dates on which nothing happened. @param {URLSearchParams} query */
export const emptyReport = (query) => ({ ...report(query), totals: nothing, previous: nothing, backlog: { open: 0, waiting: 0, oldest_waiting_since: null }, days: [], hours: [], agents: [], departments: [], numbers: [], costs: [], campaigns: [] });

/** @typedef {(query: URLSearchParams) => object | number} Answer */
const answers = /** @type {WeakMap<import('playwright-core').Page, { answer: Answer | null, asked: URL[] }>} */ (new WeakMap());

/**
 * Has a page's requests for reports answered with what `answer` gives, or with a status; with `null`, by the program
 * again. Tells what has been asked since.
 * @param {import('playwright-core').Page} page @param {Answer | null} answer
 */
export async function answerReports(page, answer) {
  const asked = /** @type {URL[]} */ ([]);
  const known = answers.has(page);
  answers.set(page, { answer, asked });
  if (known) return asked;
  await page.route(/\/v1\/reports[?/]/, (route) => {
    const now = answers.get(page);
    if (!now?.answer) return route.continue();
    const url = new URL(route.request().url());
    now.asked.push(url);
    if (url.pathname.endsWith('.csv')) return route.fulfill({ contentType: 'text/csv; charset=utf-8', body: 'agent,name,conversations\r\ndemo-mariela,Mariela Rondón,642\r\n' });
    const told = now.answer(url.searchParams);
    if (typeof told === 'number') return route.fulfill({ status: told, contentType: 'application/problem+json', body: JSON.stringify({ type: 'about:blank', title: 'Refused', status: told }) });
    return route.fulfill({ contentType: 'application/json', body: JSON.stringify(told) });
  });
  return asked;
}
