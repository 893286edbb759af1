"""The Hive metastore's schema in PostgreSQL, generated from the package that Spark itself carries.

Made before the first client connects: clients that make it themselves lock each other out (decision 0043). One
transaction, so that a schema is there as a whole or not at all.
"""

from __future__ import annotations

import subprocess
import tempfile
import zipfile
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2

from infra.settings import Settings
from infra.spark import server
from infra.spark.sites import METASTORE_PASSWORD

VERSION = "2.3.0"
LOCK = 0x6D657461  # one maker at a time
# What Hive's own scripts have and the package's description lacks: a sequence, room for long comments, the version.
_BEYOND = f"""
CREATE TABLE "SEQUENCE_TABLE" ("SEQUENCE_NAME" varchar(255) PRIMARY KEY, "NEXT_VAL" bigint NOT NULL);
ALTER TABLE "COLUMNS_V2" ALTER "COMMENT" TYPE varchar(4000), ALTER "TYPE_NAME" TYPE text;
ALTER TABLE "TABLE_PARAMS" ALTER "PARAM_VALUE" TYPE text;
ALTER TABLE "SD_PARAMS" ALTER "PARAM_VALUE" TYPE text;
ALTER TABLE "SERDE_PARAMS" ALTER "PARAM_VALUE" TYPE text;
INSERT INTO "VERSION" VALUES (1, '{VERSION}', 'generated from package.jdo');
"""
_TOOL = """javax.jdo.PersistenceManagerFactoryClass=org.datanucleus.api.jdo.JDOPersistenceManagerFactory
datanucleus.ConnectionURL=jdbc:postgresql://{host}:{port}{path}
datanucleus.ConnectionDriverName=org.postgresql.Driver
datanucleus.ConnectionUserName={user}
datanucleus.ConnectionPassword={password}
datanucleus.connectionPoolingType=None
datanucleus.rdbms.useLegacyNativeValueStrategy=true
datanucleus.identifierFactory=datanucleus1
datanucleus.schema.validateTables=false
datanucleus.schema.validateConstraints=false
datanucleus.schema.validateColumns=false
datanucleus.plugin.pluginRegistryBundleCheck=LOG
datanucleus.autoStartMechanismMode=ignored
"""


class WrongSchema(RuntimeError):
    """The database holds a metastore of another version; the message names both."""


def ensure_schema(of: Settings) -> bool:
    """Make the schema where there is none; False where it was there. Raises WrongSchema."""
    connection = psycopg2.connect(of.metastore_url, password=of.secret(METASTORE_PASSWORD))
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", (LOCK,))
            cursor.execute("""SELECT to_regclass('"VERSION"') IS NOT NULL""")
            if cursor.fetchone() == (True,):
                cursor.execute('SELECT "SCHEMA_VERSION" FROM "VERSION"')
                found = [row[0] for row in cursor.fetchall()]
                if found != [VERSION]:
                    raise WrongSchema(f"{of.metastore_url} holds a metastore of version {found}, not {VERSION}")
                return False
            cursor.execute(definition(of) + _BEYOND)
        return True
    finally:
        connection.close()


def definition(of: Settings) -> str:
    """SQL of the tables that the metastore of Spark's jars wants."""
    with tempfile.TemporaryDirectory(prefix="metastore-") as folder:
        work = Path(folder)
        jars = Path(server.environment(of)["SPARK_HOME"]) / "jars"
        with zipfile.ZipFile(next(jars.glob("hive-metastore-*.jar"))) as jar:
            jar.extract("package.jdo", work)
        url = urlsplit(of.metastore_url)
        properties = work / "tool.properties"
        properties.touch(mode=0o600)
        properties.write_text(
            _TOOL.format(
                host=url.hostname, port=url.port or 5432, path=url.path, user=url.username,
                password=of.secret(METASTORE_PASSWORD),
            )
        )  # fmt: skip
        made = work / "schema.sql"
        argv = [
            str(server.java()), "-cp", f"{work}:{server.classpath(of)}", "org.datanucleus.store.schema.SchemaTool",
            "-create", "-api", "JDO", "-props", str(properties), "-ddlFile", str(made), str(work / "package.jdo"),
        ]  # fmt: skip
        done = subprocess.run(argv, capture_output=True, text=True, check=False)
        text = made.read_text(encoding="utf-8") if made.exists() else ""
        if done.returncode or 'CREATE TABLE "TBLS"' not in text:
            raise RuntimeError(
                f"SchemaTool made no schema (exit {done.returncode}): {(done.stdout + done.stderr)[-1500:]}"
            )
        return text
