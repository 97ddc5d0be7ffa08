"""What all tables share."""

from sqlalchemy import BigInteger, Integer, MetaData

metadata = MetaData()

#: Ids of what is written in great numbers: 64 bits everywhere; on SQLite the plain INTEGER, which is the row id and
#: costs no index.
LongId = BigInteger().with_variant(Integer, "sqlite")
