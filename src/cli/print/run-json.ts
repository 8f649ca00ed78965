import type { RunReport } from '../../runtime/store/records.ts'
import { costJson } from './money.ts'

/** A report with its money as decimal strings. A content rule's pattern is not shown: it may be what nobody shall read. */
export function runJson({ cost, policy, ...report }: RunReport) {
  return { ...report, ...(policy && { policy: withoutPatterns(policy) }), ...costJson(cost) }
}

function withoutPatterns({ content, ...policy }: NonNullable<RunReport['policy']>) {
  return { ...policy, ...(content && { content: content.map(({ name }) => ({ name })) }) }
}
