import { withoutPatterns } from '../../runtime/lists/list-runs.ts'
import type { RunReport } from '../../runtime/store/records.ts'
import { costJson } from './money.ts'

/** A report with its money as decimal strings. A content rule's pattern is not shown. */
export function runJson(report: RunReport) {
  const { cost, costUsd: _, ...shown }: RunReport & { readonly costUsd?: string } = withoutPatterns(report)
  return { ...shown, ...costJson(cost) }
}
