"""The configuration of the dovecot of tests, in the words of 2.3 and of 2.4, which share few.

Every user exists and has one password. An access token is taken when it was signed with the key
below `keys`, has not expired, and names the user as its subject. Knows nothing of processes.
"""

PROVEN = "2.3."  # the tests were run with it
WRITTEN = (PROVEN, "2.4.")

# The port that is open, and who may run what, in the words of both.
_SERVICES = """
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {starttls}
  }}
  inet_listener imaps {{
    port = {tls}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
namespace inbox {{
  inbox = yes
  mailbox {sent} {{
    special_use = \\Sent
  }}
}}
"""

_COMMON = """
protocols = imap
listen = 127.0.0.1
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
auth_mechanisms = plain xoauth2 oauthbearer
auth_failure_delay = 0
login_trusted_networks =
ssl = required
ssl_min_protocol = TLSv1.2
"""

_2_3 = """
mail_location = maildir:{folder}/mail/%u:LAYOUT=fs:CONTROL={folder}/control/%u:INDEX=MEMORY
ssl_cert = <{folder}/server.pem
ssl_key = <{folder}/server.key
passdb {{
  driver = static
  mechanisms = plain
  args = password={password}
}}
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {folder}/tokens.conf
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={folder}/mail/%u
}}
"""

# For 2.3 alone: 2.4 has these among all other settings.
TOKENS_2_3 = """
introspection_mode = local
local_validation_key_dict = fs:posix:prefix={folder}/keys/
username_attribute = sub
"""

# Written from "Upgrading Dovecot CE from 2.3 to 2.4" and the pages of the settings in it, and
# never run: no 2.4 was at hand. Where it does not serve, the tests are skipped and say why.
_2_4 = """
mail_driver = maildir
mail_path = {folder}/mail/%{{user}}
mailbox_list_layout = fs
mail_control_path = {folder}/control/%{{user}}
mail_index_path = MEMORY
ssl_server_cert_file = {folder}/server.pem
ssl_server_key_file = {folder}/server.key
passdb static {{
  mechanisms_filter = plain
  password = {password}
}}
oauth2 {{
  introspection_mode = local
  username_attribute = sub
  oauth2_local_validation {{
    dict fs {{
      fs posix {{
        prefix = {folder}/keys/
      }}
    }}
  }}
}}
userdb static {{
  fields {{
    uid = {user}
    gid = {group}
    home = {folder}/mail/%{{user}}
  }}
}}
"""
# These must be its first lines.
_BEGINNING_2_4 = """dovecot_config_version = 2.4.0
dovecot_storage_version = 2.4.0
"""


def configuration(version: str, **values: object) -> str:
    """The main file for this version of dovecot, one of `WRITTEN`."""
    if version.startswith(PROVEN):
        template = _COMMON + _2_3 + _SERVICES
    else:
        template = _BEGINNING_2_4 + _COMMON + _2_4 + _SERVICES
    return template.format(**values)
