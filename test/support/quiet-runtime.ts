import { DefaultLogger, Runtime } from '@temporalio/worker'
import './bundled-once.ts'
import './unwatched-sandbox.ts'

/**
 * Faults are what these tests are about; only what nobody expected is worth a line. Test files that share a process share its
 * runtime, which remembers its options where it is made anew.
 */
if (Runtime.instantiator === undefined)
  Runtime.install({ logger: new DefaultLogger('ERROR'), telemetryOptions: { logging: { filter: 'ERROR' } } })
