import { numberIn, textIn } from '../../../../storage';
import type { PictureFile } from '../../contract';
import type { RowShape } from './row-table';

export const TEXTS: RowShape<string> = {
  table: 'texts',
  columns: { value: 'value' },
  encode: (value) => [value],
  decode: (row) => textIn(row, 'value'),
};

export const PICTURES: RowShape<PictureFile> = {
  table: 'pictures',
  columns: { file: 'file', bytes: 'CAST(bytes AS REAL)', type: 'type' },
  encode: ({ id, bytes, type }) => [id, bytes, type],
  decode: (row) => ({ id: textIn(row, 'file'), bytes: numberIn(row, 'bytes'), type: textIn(row, 'type') }),
};
