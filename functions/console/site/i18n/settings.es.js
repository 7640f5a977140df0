// Words of the settings as a whole.
export default {
  'settings.sections': 'Secciones de ajustes', 'settings.group.compliance': 'Cumplimiento', 'settings.group.programs': 'Costos y sistemas',
  'settings.numbers': 'Números', 'settings.blocked': 'Qué está bloqueado', 'settings.team': 'Equipo y roles', 'settings.departments': 'Departamentos', 'settings.quick-replies': 'Respuestas rápidas',
  'settings.labels': 'Etiquetas', 'settings.fields': 'Campos de ficha', 'settings.consent': 'Consentimientos', 'settings.retention': 'Conservación', 'settings.audit': 'Registro de cambios',
  'settings.rates': 'Tarifas', 'settings.clients': 'Clientes de servicio', 'settings.webhooks': 'Webhooks', 'settings.letters': 'Sin procesar',
  'settings.remove_word': 'Quitar «{name}»', 'settings.add_word': 'Agregar…', 'settings.copy': 'Copiar', 'settings.copied': 'Copiado', 'settings.kept': 'Ya lo guardé', 'settings.more_of': 'Más acciones de {name}',
  'settings.discard': 'Descartar', 'table.actions': 'Acciones', 'settings.read_only': 'Solo lectura: los cambios los hace quien administra.',
};
