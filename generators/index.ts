/**
 * The public surface of the generators: what the site, the boards and other programs import. Other
 * files of this folder may change without notice.
 */
export { openDataset, type Dataset } from './store/dataset.ts';
export { shapeSchema, type Meta } from './store/meta.ts';
export { verifyDataset } from './verify/dataset.ts';
export { findTask, resolveOptions, tasks } from './registry.ts';
export { scans, type ScanName } from './pictures/scan.ts';
export {
  splits,
  type Example,
  type PartName,
  type SplitName,
  type StoredExample,
  type TaskDefinition,
  type TaskShape,
  type TierName,
} from './task.ts';
export {
  pieceKinds,
  renderReading,
  type Mark,
  type Piece,
  type PieceKind,
  type PictureReading,
  type Reading,
} from './reading.ts';
export { scanOrder } from './pictures/scan.ts';
export { encodeGrey } from './pictures/png.ts';
