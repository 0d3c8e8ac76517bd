"""Makers, products (families), models and the names people write for them."""

from django.db import models


class CatalogueVersion(models.Model):
    """Which version of the hand-made tables and packaged names the catalogue holds (one row)."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    version = models.CharField(max_length=64)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="catalogue_version_one_row")]


class Maker(models.Model):
    """Who makes products. `key` is lower-case letters and digits."""

    key = models.CharField(max_length=120, primary_key=True)
    name = models.CharField(max_length=300)

    def __str__(self) -> str:
        return self.name


class Product(models.Model):
    """A device model family or an application: the unit that the Index counts.

    A product without a written `name` is known by key only and is not shown publicly; one without a `category` has not
    been placed and stands in no category's table.
    """

    key = models.CharField(max_length=300, primary_key=True)
    maker = models.ForeignKey(Maker, on_delete=models.PROTECT, related_name="products")
    name = models.CharField(max_length=300, blank=True)
    category = models.CharField(max_length=40, blank=True, db_index=True)
    support = models.CharField(max_length=10, blank=True, choices=[("ended", "No longer supported")])
    note = models.TextField(blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(key__contains=":"), name="product_key_has_maker")]

    def __str__(self) -> str:
        return self.name or self.key


class FormerKey(models.Model):
    """A key that a product had before it was renamed, or joined with another; it leads to the product for ever."""

    key = models.CharField(max_length=300, primary_key=True)
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="former_keys")
    name = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return self.key


class Model(models.Model):
    """A narrower split of a product: one device model or one component, as sources name it."""

    key = models.CharField(max_length=300, primary_key=True)
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="models")
    name = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return self.name or self.key


class WrittenName(models.Model):
    """A name as some source writes it; `folded` (letters and digits only) is what search looks into."""

    text = models.CharField(max_length=300)
    folded = models.CharField(max_length=300, db_index=True)
    maker = models.ForeignKey(Maker, on_delete=models.CASCADE, related_name="written_names")
    product = models.ForeignKey(Product, on_delete=models.CASCADE, null=True, related_name="written_names")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["text", "product"], name="written_name_once_per_product")]
