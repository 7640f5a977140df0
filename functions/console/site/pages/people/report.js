// What became of the lines of an import, by what is wrong with them.

import { useResource } from '../../lib/data.js';
import { fields } from '../../lib/directory.js';
import { number } from '../../lib/format.js';
import { has, loadWords, t } from '../../lib/i18n.js';
import { Icon, ProblemCallout } from '../../lib/parts.js';
import { html } from '../../lib/view.js';
import { faultsOf, rangesOf, wordOfProblem } from './report-model.js';

/** A report is read up to here; the file itself has every line. */
const MOST_BYTES = 4_000_000;

/** @param {string} column */
function columnName(column) {
  if (column.startsWith('field.')) return fields.value.find((field) => field.id === column.slice(6))?.label ?? column;
  const key = `import.to.${column === 'consent.marketing' ? 'consent' : column}`;
  return has(key) ? t(key) : column;
}

/** @param {string[]} files */
async function load(files) {
  await loadWords('people-more');
  let text = '';
  for (const file of files) {
    const answer = await fetch(file);
    if (!answer.ok) throw new Error(String(answer.status));
    const part = await answer.text();
    text += text ? part.slice(part.indexOf('\n') + 1) : part;
    if (text.length > MOST_BYTES) break;
  }
  return faultsOf(text);
}

/** @param {{ files: string[] | undefined, refused: number, id: string }} props */
export function Report({ files, refused, id }) {
  // Links are made anew with each answer, and lead to the same files.
  const found = useResource(async () => (refused && files?.length ? load(files) : []), [id, files?.length]);
  if (!refused) return null;
  if (found.problem) return html`<${ProblemCallout} problem=${found.problem} retry=${found.reload}/>`;
  return html`<ul class="card ruled faults">${(found.data ?? []).slice(0, 50).map((fault) => {
    const { shown, more } = rangesOf(fault.lines, 8);
    const word = wordOfProblem(fault.problem);
    return html`<li key=${fault.column + fault.problem} class="block-item"><${Icon} name="alert"/><div><h3>${columnName(fault.column)}: ${word ? t(`report.fault.${word}`) : html`<span lang="en">${fault.problem}</span>`}</h3>
      <p class="meta">${t('report.lines', { n: fault.lines.length, lines: shown })}${more ? ` ${t('report.and_more', { n: number(more) })}` : ''}</p></div></li>`;
  })}</ul>`;
}
