using System.Net;
using System.Net.Sockets;
using Bridge.Api.Doctor;
using Bridge.Simulator.Model;
using Microsoft.AspNetCore.Http;

namespace Bridge.Api.Tests;

/// <summary>What stands between Twilio and the service, and how the doctor explains it.</summary>
[CancelAfter(30_000)]
public sealed class DoctorOutsideTests
{
    private static readonly DoctorBounds Hasty = new() { Answer = TimeSpan.FromMilliseconds(500) };

    [TestCase("/health/live", 301, "is redirected (301) to https://there.example/", "end of the redirect")]
    [TestCase("/health/live", 401, "name and password", "let Twilio's paths through")]
    [TestCase("/health/live", 404, "no such path", "see the path in PUBLIC_BASE_URL")]
    [TestCase("/health/live", 502, "does not reach it", "HOST and PORT")]
    [TestCase("/health/live", 418, "is answered 418", "its log")]
    [TestCase("/incoming-call", 404, "POST /incoming-call is answered 404", "see the path")]
    [TestCase("/media-stream", 200, "in place of an upgrade", "proxy_set_header Upgrade")]
    [TestCase("/media-stream", 426, "in place of an upgrade", "proxy_set_header Upgrade")]
    [TestCase("/media-stream", 403, "though the webhook's signature is accepted", "STREAM_TOKEN_KEYS")]
    [TestCase("/media-stream", 404, "path is not found", "pass /media-stream")]
    [TestCase("/media-stream", 409, "said to be used", "handshake once")]
    [TestCase("/media-stream", 504, "the media stream is answered 504", "upstream")]
    public async Task What_stands_in_front_is_explained(string path, int status, string found, string mend)
    {
        await using var door = await OpenDoor.StartAsync();
        door.Instead = async context =>
        {
            if (!context.Request.Path.StartsWithSegments(path))
                return;
            context.Response.StatusCode = status;
            context.Response.Headers.Location = "https://there.example/";
            await context.Response.WriteAsync("a page");
        };
        var said = await DoctorRun.OfAsync(door);

        Assert.That(said.Code, Is.EqualTo(1));
        Assert.That(said.Findings("FAIL"), Has.Some.Contains(found).And.Some.Contains(mend), said.Text);
    }

    [Test]
    public async Task Something_else_that_answers_is_not_taken_for_the_service()
    {
        await using var door = await OpenDoor.StartAsync();
        door.Instead = context => context.Response.WriteAsync("<html>You are about to visit\u0007");
        var said = await DoctorRun.OfAsync(door);

        Assert.That(said.Findings("FAIL"), Has.Exactly(1).Contains("something else answers there: \"<html>You are about to visit?\""), said.Text);
    }

    [Test]
    public async Task The_doctor_does_not_go_where_a_stranger_sends_it()
    {
        await using var elsewhere = await OpenDoor.StartAsync();
        var visits = 0;
        elsewhere.Instead = _ => Task.FromResult(Interlocked.Increment(ref visits));
        await using var door = await OpenDoor.StartAsync();
        door.Instead = context => context.Request.Path == "/incoming-call" && context.Request.Headers.ContainsKey("X-Twilio-Signature")
            ? context.Response.WriteAsync($"""<Response><Connect><Stream url="wss://127.0.0.1:{elsewhere.Address.Port}/media-stream/x"/></Connect></Response>""")
            : Task.CompletedTask;
        var said = await DoctorRun.OfAsync(door);

        Assert.That(said.Findings("FAIL"), Has.Exactly(1).Contains("which is not the public address"), said.Text);
        Assert.That(visits, Is.Zero);
    }

    [TestCase("""<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><Response><Connect><Stream url="&x;"/></Connect></Response>""")]
    [TestCase("<Response>")]
    [TestCase("""<Response><Stream url="not an address"/></Response>""")]
    public void What_is_no_TwiML_names_no_stream(string body) => Assert.That(StreamAddress.Of(body), Is.Null);

    [Test]
    public async Task A_certificate_that_nobody_trusts_is_named()
    {
        await using var server = await FakeRealtimeServer.StartAsync(SelfSigned.Certificate());
        var said = await DoctorRun.OfEchoAsync(("PUBLIC_BASE_URL", $"https://127.0.0.1:{server.Url.Port}"));

        Assert.That(said.Findings("FAIL"), Has.Exactly(1).Contains("cannot prove who it is").And.Contains("certificate"), said.Text);
    }

    [Test]
    public async Task Where_nothing_listens_it_is_said_so()
    {
        using var taken = new Socket(SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var said = await DoctorRun.OfEchoAsync(("PUBLIC_BASE_URL", $"http://127.0.0.1:{((IPEndPoint)taken.LocalEndPoint!).Port}"));

        Assert.That(said.Findings("FAIL"), Has.Exactly(1).Contains("nothing listens there"), said.Text);
    }

    [Test]
    public async Task Who_does_not_answer_is_not_waited_for()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var said = await DoctorRun.OfAsync(
            new Dictionary<string, string> { ["REALTIME_PROVIDER"] = "echo", ["TWILIO_AUTH_TOKEN"] = "t", ["PUBLIC_BASE_URL"] = $"http://{silent.LocalEndpoint}" }, Hasty);

        Assert.That(said.Findings("FAIL"), Has.Exactly(1).Contains("did not answer in time"), said.Text);
    }

    [TestCase(-10, "ok", "the clock agrees")]
    [TestCase(-60, "WARN", "ahead of")]
    [TestCase(60, "WARN", "behind")]
    [TestCase(600, "FAIL", "stream tokens run out")]
    public async Task A_clock_that_is_wrong_is_seen_by_the_answers(int seconds, string word, string found)
    {
        await using var door = await OpenDoor.StartAsync();
        door.Instead = context =>
        {
            context.Response.Headers.Date = DateTimeOffset.UtcNow.AddSeconds(seconds).ToString("R");
            return Task.CompletedTask;
        };
        var said = await DoctorRun.OfAsync(door);

        Assert.That(said.Findings(word), Has.Some.Contains(found), said.Text);
    }
}
