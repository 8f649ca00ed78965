/**
 * What `alerts` of a `signalbox.yaml` may hold.
 *
 * @module
 */
import { z } from 'zod'
import { ALERT_KINDS, type AlertSettings } from '../../../core/alert.ts'
import { mapping, oneOf, webhook, webhookOf } from './shape-parts.ts'

const KINDS = `a list of ${ALERT_KINDS.join(', ')}`

export const alertShape = mapping({
  ...webhook,
  on: z.array(oneOf(ALERT_KINDS), { error: KINDS }).optional(),
})

export function alertsOf({ on = [...ALERT_KINDS], ...shape }: z.output<typeof alertShape>): AlertSettings {
  return { webhook: webhookOf(shape)!, on }
}
