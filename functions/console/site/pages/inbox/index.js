// The inbox.
import { html } from '../../lib/view.js';

export default function Inbox() {
  return html`<main id="main" class="app-main" tabindex="-1"></main>`;
}
