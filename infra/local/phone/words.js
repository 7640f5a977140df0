// Words in Spanish and English: the browser's language, unless another was chosen.

const WORDS = {
  title: ["Teléfono de prueba", "Test phone"],
  console: ["Consola", "Console"],
  phone: ["Teléfono del cliente", "The customer's phone"],
  simulate: ["Simular", "Simulate"],
  customer: ["Cliente", "Customer"],
  newCustomer: ["Nuevo cliente", "New customer"],
  name: ["Nombre", "Name"],
  number: ["Teléfono", "Phone"],
  username: ["Nombre de usuario (sin teléfono)", "Username (shows no phone)"],
  create: ["Crear", "Create"],
  cancel: ["Cancelar", "Cancel"],
  hide: ["Ocultar su teléfono", "Hide their phone number"],
  showPhone: ["Mostrar su teléfono", "Show their phone number"],
  block: ["Bloquear a la empresa", "Block the company"],
  unblock: ["Desbloquear", "Unblock"],
  stop: ["Detener promociones", "Stop promotions"],
  resume: ["Permitir promociones", "Allow promotions"],
  off: ["Apagar el teléfono", "Turn the phone off"],
  on: ["Encender el teléfono", "Turn the phone on"],
  time: ["Tiempo", "Time"],
  hour: ["Pasar 1 h", "1 h later"],
  day: ["Pasar 20 h", "20 h later"],
  theme: ["Cambiar tema", "Switch theme"],
  language: ["English", "Español"],
  free: ["Nada de esto sale a WhatsApp ni se cobra.", "None of this reaches WhatsApp, and nothing is charged."],
  chats: ["Chats", "Chats"],
  noChats: ["Escribe a una de las líneas de la empresa.", "Write to one of the company's numbers."],
  back: ["Volver a los chats", "Back to chats"],
  message: ["Mensaje", "Message"],
  send: ["Enviar", "Send"],
  attach: ["Adjuntar", "Attach"],
  picture: ["Foto", "Picture"],
  document: ["Documento", "Document"],
  location: ["Ubicación", "Location"],
  contact: ["Contacto", "Contact"],
  sticker: ["Sticker", "Sticker"],
  record: ["Grabar nota de voz", "Record a voice note"],
  stopRecord: ["Enviar nota de voz", "Send the voice note"],
  noMicrophone: ["Sin micrófono: se envía una muestra.", "No microphone: a sample is sent."],
  actions: ["Acciones del mensaje", "Message actions"],
  reply: ["Responder", "Reply"],
  react: ["Reaccionar", "React"],
  noReaction: ["Quitar reacción", "Take the reaction back"],
  edit: ["Editar", "Edit"],
  remove: ["Eliminar para todos", "Delete for everyone"],
  edited: ["editado", "edited"],
  removed: ["Eliminaste este mensaje", "You deleted this message"],
  editing: ["Editar mensaje", "Edit message"],
  you: ["Tú", "You"],
  sent: ["Enviado", "Sent"],
  seen: ["Leído", "Read"],
  blocked: ["Bloqueaste esta línea. Lo que te escriba no llega.", "You blocked this number. What it sends does not arrive."],
  today: ["Hoy", "Today"],
  yesterday: ["Ayer", "Yesterday"],
  options: ["Ver opciones", "See options"],
  choose: ["Elegir", "Choose"],
  voice: ["Nota de voz", "Voice note"],
  video: ["Video", "Video"],
  image: ["Foto", "Picture"],
  unsupported: ["Mensaje que la empresa no puede leer", "A message that the company cannot read"],
  offline: ["El programa no responde. Se reintenta.", "The program does not answer. Trying again."],
  refused: ["No se pudo", "That did not work"],
  newFrom: ["Mensaje nuevo de", "New message from"],
  template: ["Mensaje", "Message"],
};

let chosen = navigator.language.toLowerCase().startsWith("es") ? 0 : 1;

/** The language, as a page has it. */
export const language = () => (chosen === 0 ? "es" : "en");

/** The other one. */
export const switchLanguage = () => { chosen = 1 - chosen; };

/** @param {keyof typeof WORDS} key */
export const t = (key) => WORDS[key][chosen];

/** @param {string} at */
export const clock = (at) => new Date(at).toLocaleTimeString(language(), { hour: "2-digit", minute: "2-digit", hour12: false });

/** @param {string} at @param {number} now */
export const day = (at, now) => {
  const start = (time) => new Date(time).setHours(0, 0, 0, 0);
  const days = Math.round((start(now) - start(at)) / 86_400_000);
  if (days === 0) return t("today");
  if (days === 1) return t("yesterday");
  return new Date(at).toLocaleDateString(language(), { weekday: "long", day: "numeric", month: "long" });
};
