/**
 * The store, as the rest of the product sees it.
 *
 * @module
 */
export type { Purged, RunsWhere, Unpurged } from './content/create-content.ts'
export { openStore, type Store, type StoreSettings } from './open-store.ts'
export type { CallReport } from './reports/call-report.ts'
export type { CostReport, CostSum } from './reports/cost-report.ts'
export type { ReportPort } from './reports/create-reports.ts'
export type { DecisionReport, RaiseReport } from './reports/decision-report.ts'
export type { EndpointReport } from './reports/endpoint-report.ts'
export type { CallFilter, LedgerFilter } from './reports/filter.ts'
export type { NameKind } from './reports/names.ts'
export type { PlanReport, RouteReport } from './reports/route-report.ts'
export type { RunEnding, RunFilter, RunReport } from './reports/run-report.ts'
export type { SpendKey, SpendReport, SpendRow, SpendSum } from './reports/spend-report.ts'
export type { StepReport } from './reports/step-report.ts'
export type { RunOfTree } from './reports/tree-report.ts'
export type { Namesake } from './runs/latest-run.ts'
export type { Seal, SealKeyReport, SealStore } from './seals/create-seals.ts'
export { type MasterKeys, newMasterKey, parseMasterKeys } from './seals/master-keys.ts'
export type { WorkspaceRule } from './seals/rules.ts'
export { SealProblem, type SealProblemKind } from './seals/seal-problem.ts'
export type { Sealer } from './seals/sealer.ts'
export { DEFAULT_STORE_PATH } from './store-address.ts'
export { StoreProblem, type StoreProblemKind } from './store-problem.ts'
export { thisProcess } from './this-process.ts'
export { closedProblem } from './until-closed.ts'
