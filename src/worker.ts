/**
 * Serving runs.
 *
 * @module
 */
export { type App, loadApp } from './runtime/app.ts'
export { ConfigurationProblem, loadConfiguration } from './runtime/configuration.ts'
export { createBundlePlugin } from './runtime/join-bundle.ts'
export { createPlugin, type PluginOptions, type SignalboxPlugin } from './runtime/plugin.ts'
export { type CreateWorkerOptions, createWorker, type Deployment, type SignalboxWorker } from './runtime/worker.ts'
export { StoreProblem, type StoreProblemKind } from './store/store-problem.ts'
