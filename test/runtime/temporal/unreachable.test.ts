import { expect, it } from 'vitest'
import { connectionOptions } from '../../../src/runtime/temporal/connection-options.ts'
import { TemporalUnreachable } from '../../../src/runtime/temporal/unreachable.ts'

const messageFor = (env: Record<string, string>) =>
  new TemporalUnreachable(connectionOptions({ HOME: '/nobody', TEMPORAL_ADDRESS: 'temporal:7233', ...env })).message

it.each<Record<string, string>>([{ TEMPORAL_API_KEY: 'hunter2' }, { TEMPORAL_TLS: 'true' }])(
  'says that TLS was used, and how to change that, with %o',
  env => {
    const message = messageFor(env)
    expect(message).toContain('no Temporal server answers over TLS at temporal:7233, which TEMPORAL_ADDRESS names')
    expect(message).toContain('TEMPORAL_TLS_SERVER_CA_CERT_PATH')
    expect(message).toContain('TEMPORAL_TLS_SERVER_NAME')
    expect(message).toContain('TEMPORAL_TLS_CLIENT_KEY_PATH')
    expect(message).toContain('TEMPORAL_TLS=false')
    expect(message).not.toContain('hunter2')
  },
)

it.each<Record<string, string>>([{}, { TEMPORAL_API_KEY: 'hunter2', TEMPORAL_TLS: 'false' }])(
  'says that the server may need TLS, with %o',
  env => {
    const message = messageFor(env)
    expect(message).toContain('no Temporal server answers at temporal:7233')
    expect(message).toContain('If it speaks TLS, set TEMPORAL_TLS=true')
  },
)
