import { DefaultLogger, Runtime } from '@temporalio/worker'

/** Faults are what these tests are about; only what nobody expected is worth a line. */
Runtime.install({ logger: new DefaultLogger('ERROR'), telemetryOptions: { logging: { filter: 'ERROR' } } })
