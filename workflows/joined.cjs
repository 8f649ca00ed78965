/**
 * A user's workflows beside ours. The name `signalbox-user-workflows` is an alias that the bundler is given; see
 * `src/runtime/join-workflows.ts`. A workflow of the user's wins over a shipped one of the same name, which no form of
 * `export` says; the default stays ours, for it is what runs agents.
 */
const ours = require('./index')
const theirs = require('signalbox-user-workflows')

const { default: agent, ...named } = { ...ours, ...theirs, default: ours.default }
const workflows = Object.keys(named).filter(name => typeof named[name] === 'function')

module.exports = { ...named, default: brief => agent(brief, workflows) }
