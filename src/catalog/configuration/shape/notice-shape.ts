/**
 * What `notices` of a `signalbox.yaml` may hold.
 *
 * @module
 */
import { z } from 'zod'
import type { NoticeSettings } from '../../../core/notice.ts'
import { OUTCOME_KINDS } from '../../../core/protocol.ts'
import { labels, mapping, oneOf, text, webhook, webhookOf } from './shape-parts.ts'

const KINDS = `a list of ${OUTCOME_KINDS.join(', ')}`

const scope = mapping({
  workspace: text('the name of a workspace').optional(),
  workflow: text('the name of a workflow or an agent').optional(),
  label: labels.optional(),
})

export const noticeShape = mapping({
  ...webhook,
  on: z.array(oneOf(OUTCOME_KINDS), { error: KINDS }).min(1, { error: KINDS }).optional(),
  scope: scope.optional(),
})

export type NoticeShape = z.output<typeof noticeShape>

export function noticeSettingsOf(
  name: string,
  { on = [...OUTCOME_KINDS], scope = {}, ...shape }: NoticeShape,
): NoticeSettings {
  return { name, on, scope, webhook: webhookOf(shape)! }
}
