"""Runs the whole registry in one process: pages, API and background tasks. `make run` calls it."""

import os
import signal
import sys
import threading

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand
from django.urls import NoReverseMatch, reverse

from equity.celery import TIMETABLE, app
from equity.environment import EVERYWHERE, Refusal, flag, local_url
from equity.handler import make_application
from partnerships.accounts.actions import make_administrator
from partnerships.accounts.models import Person
from partnerships.management import instance
from partnerships.management.server import Server
from partnerships.management.workers import Background

GRACE = 2.0  # seconds that running work has to finish


class Command(BaseCommand):
    help = "Runs pages, API, worker and scheduler in one process on HOST (127.0.0.1) and PORT (8000)."
    requires_system_checks = ()

    def handle(self, **options):
        # A shell starts background jobs with SIGINT ignored.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        sample = flag("SAMPLE", default=True)
        bound = instance.bind(settings.HOST, settings.PORT)
        instance.require_database()
        lock = instance.lock_data()
        self.prepare(sample)
        self.ask_for_administrator()
        self.serve(bound)
        self.stdout.write("Stopped. Your data stays in place.")
        self.stdout.flush()
        lock.close()
        # Don't wait for a thread that waits for a slow mail server: sending can be interrupted at every step.
        os._exit(0)

    def prepare(self, sample):
        """Bring tables and reference data up to date. On the first start, load the sample registry too.

        The file first-start exists until the first start is complete, so that an interrupted one continues next time.
        """
        mark = settings.VAR_DIR / "first-start"
        if instance.is_new():
            self.say("Setting up the registry for the first time …")
            mark.touch()
        if instance.waiting_migrations():
            call_command("migrate", verbosity=0, interactive=False)
        self.call_if_there("load_vocabularies")
        if mark.exists():
            if sample:
                self.say("Loading the sample registry …")
                self.call_if_there("load_sample")
            mark.unlink()

    def call_if_there(self, name):
        if name in get_commands():
            call_command(name, verbosity=0, stdout=open(os.devnull, "w"))  # noqa: SIM115 - ends with the process

    def ask_for_administrator(self):
        """Ask for an administrator if no one can sign in. Without a terminal, print which command adds one."""
        if Person.objects.filter(is_active=True).exists():
            return
        if not sys.stdin.isatty():
            self.say("No one can sign in yet. Add the first administrator: manage.py add_administrator EMAIL")
            return
        while True:
            try:
                address = input("Email address of the first administrator (leave empty to add one later): ").strip()
                if address:
                    make_administrator(address)
                return
            except ValidationError as problem:
                self.say(" ".join(problem.messages))
            except EOFError:
                return

    def serve(self, bound):
        """Serve until Ctrl-C or SIGTERM."""
        stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        try:
            server = Server(
                make_application(),
                bound,
                # Forwarded headers count only with a trusted proxy in front.
                clear_untrusted_proxy_headers=not settings.TRUSTED_PROXIES,
            )
        except OSError as problem:
            raise Refusal(f"We can’t listen on port {settings.PORT} ({problem.strerror}).") from None
        pages = threading.Thread(target=server.run, name="pages", daemon=True)
        background = Background()
        background.start()
        pages.start()
        for name in TIMETABLE:
            if name != "delete_expired_data":
                app.send_task(f"partnerships.tasks.{name}")
        self.greet()
        while not stop.wait(1) and pages.is_alive():
            pass
        self.say("Stopping …")
        background.stop()
        server.task_dispatcher.shutdown(timeout=GRACE / 2)
        background.wait(GRACE / 2)

    def greet(self):
        base = local_url(settings.HOST, settings.PORT)
        lines = ["", "The registry is ready.", f"  Open:     {base}/"]
        sample = Person.objects.filter(is_sample=True, is_active=True, memberships__jurisdiction__isnull=False).first()
        if sample:
            lines.append(
                f"  Sign in:  {base}{address_of('account_login')} as {sample.email} (sample staff; the code shows here)"
            )
        else:
            lines.append(f"  Sign in:  {base}{address_of('account_login')}")
        if not settings.EMAIL_URL:
            lines.append(f"  Emails:   none are sent. They’re files in {settings.MAIL_DIR}")
        if settings.HOST in EVERYWHERE:
            lines.append("  Open to: the whole network. Set ALLOWED_HOSTS to the host names that people use.")
        lines += ["  Stop:     Ctrl-C", ""]
        self.say("\n".join(lines))

    def say(self, text):
        self.stdout.write(text)
        self.stdout.flush()


def address_of(name):
    try:
        return reverse(name)
    except NoReverseMatch:
        return "/"
