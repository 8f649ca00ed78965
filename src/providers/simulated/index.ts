/**
 * Vendors that are not there: real HTTP servers that speak the vendors' protocols, answer without a model, keep a meter
 * of what they would bill, and fail as they are told. For demos, tests, benches and for rehearsing an outage.
 *
 * @module
 */
export type { FaultRuleInput, FaultScriptKind } from './fault-rule.ts'
export type { MeterOutcome, MeterRow } from './meter.ts'
export { type RehearsedProvider, vendorScriptFor } from './rehearsal.ts'
export { readVendorScript, scriptSchema, type VendorProtocol, type VendorScript } from './script.ts'
export { type RunningVendors, type StartOptions, startVendors } from './vendors.ts'
