import garden
def water(bed):
    bed.moisture += 1
