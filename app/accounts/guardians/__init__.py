"""The parent or guardian of somebody under 16: asked by mail, answers on one page, needs no account."""
