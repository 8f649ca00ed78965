import type { RecordedCall } from '../../core/backtest/recorded-call.ts'
import type { AttemptRecord } from '../../core/ports.ts'
import type { Budget } from '../../core/protocol.ts'
import type { Connection } from '../connection.ts'
import { type Namesake, namesakes } from '../runs/latest-run.ts'
import { toolsSince } from '../tools/acted-before.ts'
import { type CallReport, callReport, callReports } from './call-report.ts'
import { type CostReport, costReport } from './cost-report.ts'
import { type DecisionReport, decisionReports, type RaiseReport, raiseReports } from './decision-report.ts'
import { type EndpointQuery, type EndpointReport, endpointReports } from './endpoint-report.ts'
import { type CallFilter, filteredAttempts, type LedgerFilter } from './filter.ts'
import { type NameKind, namesOf } from './names.ts'
import { type NoticeReport, noticeReports } from './notice-report.ts'
import { type RecordedQuery, recordedCalls } from './recorded-calls.ts'
import { type RouteReport, routeReports } from './route-report.ts'
import {
  endedRunsBelow,
  limitsOf,
  openRunsBelow,
  type RunFilter,
  type RunReport,
  runReport,
  runReports,
} from './run-report.ts'
import { type SpendQuery, type SpendReport, spendReport } from './spend-report.ts'
import { askedSteps, type StepReport, stepReports } from './step-report.ts'
import { type RunOfTree, treeOf } from './tree-report.ts'
import { recordsWithWaste } from './waste.ts'

/** What people ask the store. Everything is plain JSON. A run is named by its id (then the latest of that id) or its key. */
export interface ReportPort {
  /** Newest first. */
  runs(filter?: RunFilter): Promise<readonly RunReport[]>
  run(id: string): Promise<RunReport | undefined>
  /** Of each namespace that has a run of this id the latest, newest first; none for a key. */
  namesakes(id: string): Promise<readonly Namesake[]>
  /** The runs below it that have not ended, children and theirs, oldest first; `asked`: as a {@link RunFilter} has it. */
  openBelow(id: string, which?: Pick<RunFilter, 'asked'>): Promise<readonly RunReport[]>
  /** The runs below it that ended last, children and theirs, in the order of their ends. */
  endedBelow(id: string, limit: number): Promise<readonly RunReport[]>
  /** The run and those below it, children and theirs, as they are at one time, oldest first; none of a run that is not here. */
  tree(id: string): Promise<readonly RunOfTree[]>
  /** The limits under which the run stands: its own, and the money and tokens of the runs above it. */
  limits(id: string): Promise<Budget | undefined>
  /** Oldest first; the newest where there are more than the limit. With a model or a fault: those of whose attempts one has it. */
  calls(filter?: CallFilter): Promise<readonly CallReport[]>
  call(callId: string): Promise<CallReport | undefined>
  attempts(filter?: LedgerFilter): Promise<readonly AttemptRecord[]>
  /** The calls of a run's step with the plans that they went by. */
  routes(runId: string, step: number): Promise<readonly RouteReport[]>
  /** Calls of all runs with what a backtest needs of them, oldest first. */
  recorded(query: RecordedQuery): Promise<readonly RecordedCall[]>
  /** The steps at which a run has made calls, in order. */
  askedSteps(runId: string): Promise<readonly number[]>
  /** The answered steps of a run, in order. */
  steps(runId: string): Promise<readonly StepReport[]>
  /**
   * The names of the tools that a run, named by its key, has called from a step on, and of those that runs below it have called for it: what
   * a fork of that step may do again. Sorted.
   */
  toolsSince(runKey: string, step: number): Promise<readonly string[]>
  /** Who decided on tool calls of a run, oldest first. */
  decisions(runId: string): Promise<readonly DecisionReport[]>
  /** Who raised a run's own limits, oldest first. */
  raises(runId: string): Promise<readonly RaiseReport[]>
  /** Who is told of the run's ends, and how that stands, by end and name. */
  notices(runId: string): Promise<readonly NoticeReport[]>
  /** Of the run and its children. */
  cost(runId: string): Promise<CostReport | undefined>
  /** Of all runs together. */
  spend(query: SpendQuery): Promise<SpendReport>
  /**
   * Those of the newest 20,000 rows, in their order; the one that is sought also where only older ones have it. Where none has it, every
   * row is looked at: for when a list was empty.
   */
  names(of: NameKind, sought: string): Promise<readonly string[]>
  /** What was measured of each endpoint that was asked. */
  endpoints(query: EndpointQuery): Promise<readonly EndpointReport[]>
}

export function createReports({ read }: Connection): ReportPort {
  return {
    runs: (filter = {}) => read(() => runReports(filter)),
    run: id => read(() => runReport(id)),
    namesakes: id => read(() => namesakes(id)),
    openBelow: (id, which = {}) => read(() => openRunsBelow(id, which)),
    endedBelow: (id, limit) => read(() => endedRunsBelow(id, limit)),
    tree: id => read(() => treeOf(id)),
    limits: id => read(() => limitsOf(id)),
    calls: (filter = {}) => read(() => callReports(filter)),
    call: callId => read(() => callReport(callId)),
    attempts: (filter = {}) =>
      read(function* () {
        return yield* recordsWithWaste(yield* filteredAttempts(filter))
      }),
    routes: (runId, step) => read(() => routeReports(runId, step)),
    recorded: query => read(() => recordedCalls(query)),
    askedSteps: id => read(() => askedSteps(id)),
    steps: runId => read(() => stepReports(runId)),
    toolsSince: (runKey, step) => read(() => toolsSince(runKey, step)),
    decisions: runId => read(() => decisionReports(runId)),
    raises: runId => read(() => raiseReports(runId)),
    notices: runId => read(() => noticeReports(runId)),
    cost: runId => read(() => costReport(runId)),
    spend: query => read(() => spendReport(query)),
    names: (of, sought) => read(() => namesOf(of, sought)),
    endpoints: query => read(() => endpointReports(query)),
  }
}
