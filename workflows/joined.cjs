/**
 * A user's workflows beside ours. The name `signalbox-user-workflows` is an alias that the bundler is given; see
 * `src/runtime/joining/join-workflows.ts`. The default is ours, for it is what runs agents.
 */
const { default: agent } = require('./index')
const { default: _, ...named } = require('signalbox-user-workflows')

const workflows = Object.keys(named).filter(name => typeof named[name] === 'function')

module.exports = { ...named, default: brief => agent(brief, workflows) }
