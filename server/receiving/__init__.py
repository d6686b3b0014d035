"""Goods receipt: papers → vehicle and packaging → condition → sample → decision."""
