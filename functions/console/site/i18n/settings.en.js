// Words of the settings as a whole.
export default {
  'settings.sections': 'Settings sections', 'settings.group.compliance': 'Compliance', 'settings.group.programs': 'Costs and systems',
  'settings.numbers': 'Numbers', 'settings.blocked': 'What is blocked', 'settings.team': 'Team and roles', 'settings.departments': 'Departments', 'settings.quick-replies': 'Quick replies',
  'settings.labels': 'Labels', 'settings.fields': 'Record fields', 'settings.consent': 'Consent', 'settings.retention': 'Retention', 'settings.audit': 'Audit trail',
  'settings.rates': 'Rates', 'settings.clients': 'Service clients', 'settings.webhooks': 'Webhooks', 'settings.letters': 'Not processed',
  'settings.remove_word': 'Remove “{name}”', 'settings.add_word': 'Add…', 'settings.copy': 'Copy', 'settings.copied': 'Copied', 'settings.kept': 'I have saved it', 'settings.more_of': 'More actions for {name}',
  'settings.discard': 'Discard', 'table.actions': 'Actions', 'settings.read_only': 'Read only: an admin makes changes.',
};
