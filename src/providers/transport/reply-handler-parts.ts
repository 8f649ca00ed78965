import type { Fault } from '../../core/faults/fault.ts'
import type { ErrorReply } from '../dialect.ts'
import type { ReplyLimits } from './byte-meter.ts'
import type { AttemptClock } from './deadlines.ts'
import type { ExchangeProgress } from './exchange-parts.ts'
import type { Mending } from './mending.ts'

/** What the handler of a reply is given, and how it tells its exchange of an end. */
export interface ReplyHandlerParts {
  readonly where: string
  /** The variable that names the proxy on the way; asked for a request that failed. */
  readonly proxy: () => string | undefined
  readonly mending: Mending | undefined
  readonly progress: ExchangeProgress
  readonly clock: AttemptClock
  readonly streams: boolean
  readonly limits: ReplyLimits
  readonly fail: (fault: Fault, billable?: 'no' | 'maybe') => void
  /** The same, unless what has come is a whole answer all the same. */
  readonly breakOff: (fault: Fault) => void
  readonly failReply: (reply: ErrorReply, billable: 'no' | 'maybe') => void
}
