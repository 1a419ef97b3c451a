/** A number alone means something else on a page in another language: it is kept with the unit under which it was typed. */
export function withUnit(field) {
  const { value } = field;
  const isBare = field.dataset.unit && /^[0-9０-９.,．，]+$/.test(value.trim());
  return isBare ? `${value.trim()} ${field.dataset.unit}` : value;
}
