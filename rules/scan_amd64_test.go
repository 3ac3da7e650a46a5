package rules

func setWide(bits int) { wide = bits }
