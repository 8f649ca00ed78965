/**
 * The entry point `signalbox/testing`: starts an app for its tests.
 *
 * @module
 */
export type { FaultRuleInput, MeterRow } from './providers/simulated/index.ts'
export type { ScriptedVendor } from './runtime/rehearsal/read-script.ts'
export { startTestStage, type TestStage, type TestStageOptions } from './runtime/testing/start-test-stage.ts'
