// Files and voice notes, both ways: between the console, the API and the customer's phone.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { open, shot } from '../support/browser.mjs';
import { customer } from '../support/company.mjs';
import { onPhone, phoneOf } from '../support/phone.mjs';
import { ROOT, until } from '../support/world.mjs';

/** @typedef {import('playwright-core').Page} Page */

/** @param {string} name */
const sample = (name) => readFileSync(`${ROOT}functions/media/tests/samples/${name}`);
const PICTURE = { name: 'placa.jpg', mimeType: 'image/jpeg', buffer: sample('picture.jpg') };
const VIDEO = { name: 'nevera.mp4', mimeType: 'video/mp4', buffer: sample('video.mp4') };
const PAPER = { name: 'Cotización 1187.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n') };

/** @param {Page} page @param {typeof PICTURE[]} files */
const choose = (page, files) => page.locator('.composer input[type=file]').setInputFiles(files);
/** Waits until all that is attached can be sent. @param {Page} page @param {number} n */
const attached = (page, n) => page.locator('.attached li', { hasText: 'Listo' }).nth(n - 1).waitFor();
/** Whether a picture is there and has been decoded. @param {import('playwright-core').Locator} picture */
const isSeen = (picture) => picture.evaluate((/** @type {HTMLImageElement} */ it) => it.decode().then(() => it.naturalWidth > 0, () => false));
/** Hands files over as somebody does who drops or pastes them. @param {Page} page @param {string} to @param {'drop' | 'paste'} how @param {typeof PICTURE} file */
const hand = (page, to, how, file) => page.locator(to).evaluate((box, { kind, name, type, bytes }) => {
  const files = new DataTransfer();
  files.items.add(new File([Uint8Array.from(atob(bytes), (c) => c.charCodeAt(0))], name, { type }));
  if (kind === 'paste') { box.dispatchEvent(new ClipboardEvent('paste', { clipboardData: files, bubbles: true, cancelable: true })); return; }
  for (const step of ['dragenter', 'dragover', 'drop']) box.dispatchEvent(new DragEvent(step, { dataTransfer: files, bubbles: true, cancelable: true }));
}, { kind: how, name: file.name, type: file.mimeType, bytes: file.buffer.toString('base64') });

/** @type {import('../support/stage.mjs').Flows} */
export default {
  'a picture, a document and a video go out, stand where they were sent, and the customer has them on the phone': async (stage) => {
    const { world } = stage;
    const row = await customer(world, { id: 'fotos', name: 'Fabiola Fotos', text: '¿Me mandas una foto?' });
    const page = await stage.page('camila');
    await open(page, row);
    const phone = await phoneOf(page, world, 'fotos', row);
    await choose(page, [PICTURE]);
    await attached(page, 1);
    await page.locator('.c-input').fill('Esta es la *placa*');
    await page.locator('.c-input').press('Enter');
    const picture = page.locator('.msg.out', { hasText: 'Esta es la placa' });
    await picture.locator('img.ph').waitFor();
    assert.ok(await isSeen(picture.locator('img.ph')), 'it is seen before it has gone');
    await picture.locator('.tick.is-read').waitFor();
    assert.ok(await isSeen(phone.locator('.msg.in', { hasText: 'Esta es la placa' }).locator('img.image')));

    await hand(page, '.conv', 'drop', PAPER);
    await attached(page, 1);
    await page.locator('.composer .send').click();
    await page.locator('.msg.out .doc', { hasText: 'Cotización 1187.pdf' }).waitFor();
    const [paper] = await Promise.all([phone.waitForEvent('download'), phone.locator('.file a', { hasText: 'Cotización 1187.pdf' }).click()]);
    assert.deepEqual(readFileSync(await paper.path()), PAPER.buffer);

    await choose(page, [VIDEO]);
    await attached(page, 1);
    await page.locator('.composer .send').click();
    await page.locator('.msg.out video').waitFor();
    await phone.locator('.msg.in video').evaluate((/** @type {HTMLVideoElement} */ film) => new Promise((seen) => { if (film.readyState > 0) seen(film.videoWidth); film.addEventListener('loadedmetadata', seen); }));
    await shot(phone, 'phone-files');
    await shot(page, 'files-sent');
  },

  'several files are chosen at once and stay in their order; a picture is pasted; one is taken away again': async (stage) => {
    const { world } = stage;
    const row = await customer(world, { id: 'varias', name: 'Vanesa Varias', text: 'Mándame todo' });
    const page = await stage.page('joseluis');
    await open(page, row);
    const papers = [1, 2, 3, 4].map((n) => ({ ...PAPER, name: `hoja ${n}.pdf` }));
    await choose(page, [papers[0], { ...PAPER, name: 'equivocada.pdf' }, papers[1]]);
    await choose(page, papers.slice(2));
    await hand(page, '.c-input', 'paste', { ...PICTURE, name: '' });
    await attached(page, 6);
    await page.getByRole('button', { name: 'Quitar equivocada.pdf' }).click();
    await page.locator('.composer .send').click();
    await page.locator('.msg.out').nth(4).waitFor();
    const order = () => page.locator('.msg.out .doc b').allInnerTexts();
    assert.deepEqual(await order(), papers.map((one) => one.name));
    await until(async () => (await world.api('GET', `/v1/conversations/${row.id}/messages?limit=10`)).items.filter((/** @type {any} */ one) => one.direction === 'outbound').length === 5, 'all are with the API');
    await page.reload();
    await page.locator('.msg.out').nth(4).waitFor();
    assert.deepEqual(await order(), papers.map((one) => one.name), 'and after the page was loaded anew');
    assert.ok(await page.locator('.msg.out').last().locator('img.ph').count(), 'the pasted picture is the last');
  },

  'what WhatsApp would not take is said before anything is uploaded, and how a file goes': async (stage) => {
    const { world } = stage;
    const row = await customer(world, { id: 'pesado', name: 'Pedro Pesado', text: 'Hola' });
    const page = await stage.page('camila');
    await open(page, row);
    const begins = (/** @type {string} */ mime, /** @type {Buffer} */ start, /** @type {number} */ size) => ({ name: `${mime.replace('/', '.')}`, mimeType: mime, buffer: Buffer.concat([start, Buffer.alloc(size - start.length)]) });
    const asked = /** @type {string[]} */ ([]);
    page.on('request', (request) => { if (request.method() === 'POST' && request.url().endsWith('/v1/media')) asked.push(request.postData() ?? ''); });
    await choose(page, [
      { name: 'vacía.txt', mimeType: 'text/plain', buffer: Buffer.alloc(0) },
      begins('video/mp4', VIDEO.buffer, 17 << 20),
      { name: 'disfrazada.png', mimeType: 'image/png', buffer: Buffer.from('<html>hola</html>') },
      { name: 'saluda.gif', mimeType: 'image/gif', buffer: Buffer.from('GIF89a') },
    ]);
    const one = (/** @type {string} */ name) => page.locator('.attached li', { hasText: name });
    await one('vacía.txt').getByRole('alert').filter({ hasText: 'vacío' }).waitFor();
    await one('video.mp4').getByText(/como documento: pasa de 16/).waitFor();
    await one('disfrazada.png').getByText('va como documento').waitFor();
    await one('saluda.gif').getByText('va como documento').waitFor();
    await attached(page, 3);
    assert.equal(asked.length, 3, 'the empty one was never announced');
    assert.ok(asked.every((body) => JSON.parse(body).kind === 'document'));
    assert.ok(await page.locator('.composer .send').isDisabled(), 'nothing leaves while one cannot');
    await shot(page, 'attachments');
    for (const name of ['vacía.txt', 'video.mp4', 'disfrazada.png', 'saluda.gif']) await one(name).getByRole('button').click();
    await page.locator('.attached').waitFor({ state: 'detached' });
  },

  'one sees how much of a file has gone, and may stop it': async (stage) => {
    const row = await customer(stage.world, { id: 'lenta', name: 'Lucía Lenta', text: 'Hola' });
    const page = await stage.page('joseluis');
    await open(page, row);
    const line = await page.context().newCDPSession(page);
    await line.send('Network.emulateNetworkConditions', { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: 400_000 });
    try {
      await choose(page, [{ name: 'manual.bin', mimeType: 'application/octet-stream', buffer: Buffer.alloc(3_000_000, 7) }]);
      const bar = page.locator('.attached [role=progressbar]');
      await until(async () => { const share = Number(await bar.getAttribute('aria-valuenow')); return share > 5 && share < 95; }, 'it is on its way');
      await shot(page, 'upload');
      await page.getByRole('button', { name: 'Quitar manual.bin' }).click();
      await page.locator('.attached').waitFor({ state: 'detached' });
    } finally {
      await line.send('Network.emulateNetworkConditions', { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: -1 });
      await line.detach();
    }
  },

  'a voice note is recorded, heard before it goes, and the customer gets it as one': async (stage) => {
    const { world } = stage;
    const row = await customer(world, { id: 'oyente', name: 'Omar Oyente', text: 'Mejor por audio' });
    const page = await stage.page('camila');
    await open(page, row);
    await page.getByRole('button', { name: 'Nota de voz', exact: true }).click();
    await page.locator('.recording b', { hasText: '0:02' }).waitFor();
    await page.locator('.recording .btn.primary').click();
    await attached(page, 1);
    await page.locator('.composer .send').click();
    const note = page.locator('.msg.out .voice');
    await note.locator('svg.wave').waitFor();
    await page.locator('.msg.out .voice-time', { hasText: /0:00 \/ 0:0[23]/ }).waitFor();
    await shot(page, 'voice-sent');
    const plays = () => note.locator('audio').evaluate((/** @type {HTMLAudioElement} */ sound) => sound.currentTime > 0.2);
    await note.getByRole('button', { name: /Reproducir nota de voz/ }).click();
    await until(plays, 'it is heard');
    const heard = await until(async () => (await world.sim('/people/oyente')).chat.find((/** @type {any} */ one) => one.kind === 'audio'), 'the phone has it');
    assert.equal(heard.content.audio.voice, true);
    const file = await fetch(`${world.origin}/sim/media/${heard.content.audio.id}`);
    assert.equal(Buffer.from(await file.arrayBuffer()).subarray(0, 4).toString(), 'OggS');
    assert.ok(await onPhone(page, world, 'oyente', row, async (phone) => phone.locator('.msg.in audio').evaluate((/** @type {HTMLAudioElement} */ sound) => sound.play().then(() => true, () => false))), 'it plays there');
  },

  'what the customer sends is seen in place: picture, video, voice with its waveform, document; what could run is only saved': async (stage) => {
    const { world } = stage;
    const row = await customer(world, { id: 'manda', name: 'Manuel Manda', text: 'Te mando todo' });
    const page = await stage.page('joseluis');
    await open(page, row);
    const send = (/** @type {string} */ type, /** @type {typeof PICTURE} */ file, /** @type {object} */ body = {}) => world.sim('/people/manda/messages', { type, mime_type: file.mimeType, bytes: file.buffer.toString('base64'), body });
    await send('image', PICTURE, { caption: 'La placa dice 220 V' });
    const picture = page.locator('.msg.in', { hasText: 'La placa dice 220 V' });
    await picture.locator('img.ph').waitFor();
    assert.ok(await isSeen(picture.locator('img.ph')));
    assert.match(String(await picture.locator('img.ph').getAttribute('src')), /thumbnail/);
    const [large] = await Promise.all([page.context().waitForEvent('page'), picture.locator('a').click()]);
    await large.waitForLoadState();
    assert.equal(await large.evaluate(() => document.querySelector('img')?.naturalWidth), 640, 'it opens as it was sent');
    await large.close();

    await send('video', VIDEO);
    const film = page.locator('.msg.in video');
    await film.waitFor();
    assert.ok(await film.evaluate((/** @type {HTMLVideoElement} */ it) => it.play().then(() => it.videoWidth > 0)), 'it plays in place');
    await send('voice', { name: '', mimeType: 'audio/ogg; codecs=opus', buffer: sample('voice.ogg') });
    await page.locator('.msg.in .voice svg.wave path').last().waitFor();
    await page.locator('.msg.in .voice-time', { hasText: '0:00 / 0:02' }).waitFor();

    for (const file of [PAPER, { name: 'página.html', mimeType: 'text/html', buffer: Buffer.from('<script>alert(1)</script>') }]) {
      await send('document', file, { filename: file.name });
      const link = page.getByRole('link', { name: `Descargar ${file.name}` });
      await link.waitFor();
      if (file === PAPER) continue;
      const [saved] = await Promise.all([page.waitForEvent('download'), link.click()]);
      assert.deepEqual(readFileSync(await saved.path()), file.buffer);
    }
    await shot(page, 'files-received');
  },
};
