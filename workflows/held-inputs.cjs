/**
 * The workflows whose inputs the app has schemas for. Their names come with the alias by which the bundler finds this module, behind a
 * question mark; see `src/runtime/joining/join-workflows.ts`.
 */
const [, names] = __resourceQuery.split('=')

module.exports = names.split(',').filter(name => name !== '')
