/**
 * Starts an app for tests of it.
 *
 * @module
 */
export type { FaultRuleInput, MeterRow } from './providers/simulated/index.ts'
export type { ScriptedVendor } from './runtime/rehearsal/read-script.ts'
export { startTestStage, type TestStage, type TestStageOptions } from './runtime/testing/start-test-stage.ts'
