/**
 * The entry point `signalbox/worker`: creates workers and plug-ins that serve runs.
 *
 * @module
 */
export type { Configuration } from './catalog/index.ts'
export type { App } from './runtime/app/app.ts'
export { loadApp } from './runtime/app/load-app.ts'
export { loadConfiguration } from './runtime/configuration/configuration.ts'
export { ConfigurationProblem } from './runtime/configuration/configuration-problem.ts'
export { createBundlePlugin } from './runtime/joining/join-bundle.ts'
export { createPlugin, type PluginOptions, type SignalboxPlugin } from './runtime/plugin.ts'
export { TemporalUnreachable } from './runtime/temporal/unreachable.ts'
export { type CreateWorkerOptions, createWorker, type Deployment, type SignalboxWorker } from './runtime/worker.ts'
export type { Store } from './store/index.ts'
export { StoreProblem, type StoreProblemKind } from './store/store-problem.ts'
