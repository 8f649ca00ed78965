import type { KeptRejections } from '../../core/ports.ts'
import { insertOnce } from '../insert-once.ts'
import type { RejectionsTable } from '../schema.ts'
import { one, type Statement, tell, type Work } from '../work.ts'

const insertRejections = insertOnce('rejections')

const byDigest: Statement<{ digest: string }, RejectionsTable> = ({ digest }, { queries }) =>
  queries.selectFrom('rejections').selectAll().where('digest', '=', digest)

/** Keeps rejections that plans have in common, once. */
export function* keepRejections(rejections: KeptRejections | undefined): Work<void> {
  if (rejections) yield* tell(insertRejections, { digest: rejections.digest, body: rejections.body })
}

export const findRejections = (digest: string) => one(byDigest, { digest })
