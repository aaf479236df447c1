using System.IO.Compression;
using System.Text;
using Bridge.Simulator.Attacks;

namespace Bridge.Api.Tests.Security;

/// <summary>C12, E9: HTTP as no telephone company writes it. What is tried is signed, so that it is the form that is refused.</summary>
[CancelAfter(60_000)]
public sealed class HostileHttpTests
{
    private const string Form = "application/x-www-form-urlencoded";

    [Test, Category("C12"), Category("E9")]
    public async Task Bodies_that_are_too_large_too_many_or_no_forms_are_refused_by_name(CancellationToken cancel)
    {
        await using var bridge = await BridgeHost.StartGuardedAsync();
        var fields = bridge.Form();
        await ExpectAsync("200 fields and one", bridge.Genuine(Enumerable.Range(0, 201).ToDictionary(n => $"F{n}", _ => "")), 413);
        await ExpectAsync("1,025 fields", bridge.Genuine(Enumerable.Range(0, 1025).ToDictionary(n => $"F{n}", _ => "")), 413);
        await ExpectAsync("a field of 32 KiB and one", bridge.Genuine(new Dictionary<string, string>(fields) { ["City"] = new('x', (32 * 1024) - 4) }), 413);
        await ExpectAsync("a name of 32 KiB", bridge.Genuine(new Dictionary<string, string>(fields) { [new('n', 32 * 1024)] = "x" }), 413);
        await ExpectAsync("64 KiB and one", Raw(bridge, Form, new byte[(64 * 1024) + 1]), 413);
        await ExpectAsync("a megabyte", Raw(bridge, Form, new byte[1 << 20]), 413);
        await ExpectAsync("JSON", Raw(bridge, "application/json", "{}"u8.ToArray()), 415);
        await ExpectAsync("XML", Raw(bridge, "text/xml", "<a/>"u8.ToArray()), 415);
        await ExpectAsync("multipart", Raw(bridge, "multipart/form-data; boundary=x", "--x--"u8.ToArray()), 415);
        await ExpectAsync("no type", bridge.Genuine(fields).Without("Content-Type"), 415);
        await ExpectAsync("half a type", bridge.Genuine(fields).Instead("Content-Type", "application/"), 415);
        await ExpectAsync("gzip", Raw(bridge, Form, Bomb()).With("Content-Encoding", "gzip"), 415, 403, 413);
        await ExpectAsync("another character set", bridge.Genuine(fields).Instead("Content-Type", Form + "; charset=utf-16"), 415, 403, 400, 200);
        await ExpectAsync("percent signs of nothing", Raw(bridge, Form, "CallSid=%zz&%=%&&&==&%u0041=1"u8.ToArray()), 403, 400);
        await ExpectAsync("no field at all", Raw(bridge, Form, []).SignedWith(bridge.AuthToken(), "https://bridge.test/incoming-call"), 403, 400);
        bridge.NobodyGotIn();

        await ExpectAsync("200 fields", bridge.Genuine(new Dictionary<string, string>(fields.Concat(Enumerable.Range(0, 200 - fields.Count).Select(n => KeyValuePair.Create($"F{n}", ""))))), 200);

        Task ExpectAsync(string what, RawRequest request, params int[] statuses) => ExpectAnswerAsync(bridge, what, request.With("Connection", "close"), statuses, cancel);
    }

    [TestCase("HEAD")]
    [TestCase("PUT")]
    [TestCase("DELETE")]
    [TestCase("PATCH")]
    [TestCase("OPTIONS")]
    [TestCase("TRACE")]
    [TestCase("FOO")]
    [Category("C12")]
    public async Task Other_methods_are_not_allowed(string method, CancellationToken cancel)
    {
        await using var bridge = await BridgeHost.StartGuardedAsync();
        foreach (var target in new[] { "/incoming-call", "/stream-ended" })
        {
            var status = await bridge.StatusAsync((bridge.Genuine(bridge.Form(), target) with { Method = method }).With("Connection", "close"), cancel);
            Assert.That(status, Is.AnyOf(405, 403, 501), target);
        }

        bridge.NobodyGotIn();
    }

    [TestCase("//incoming-call")]
    [TestCase("/incoming-call/")]
    [TestCase("/INCOMING-CALL")]
    [TestCase("/%69ncoming-call")]
    [TestCase("/incoming%2Dcall")]
    [TestCase("/incoming-call;x=1")]
    [TestCase("/incoming-call%00")]
    [TestCase("/incoming-call%2f")]
    [TestCase("/x/../incoming-call")]
    [TestCase("/x/%2e%2e/incoming-call")]
    [TestCase("/./incoming-call")]
    [TestCase("/incoming-call?")]
    [TestCase("/incoming-call#x")]
    [TestCase("http://bridge.test/incoming-call")]
    [TestCase("https://attacker.test/incoming-call")]
    [TestCase("incoming-call")]
    [TestCase("*")]
    [TestCase("/..%5cincoming-call")]
    [TestCase("/incoming-call/x")]
    [Category("C12")]
    public async Task No_spelling_of_the_path_goes_round_the_signature(string target, CancellationToken cancel)
    {
        await using var bridge = await BridgeHost.StartGuardedAsync();
        var form = bridge.Form();
        var unsigned = RawRequest.Form(bridge.PublicUrl(), target, form).With("Connection", "close");

        Assert.That(await bridge.StatusAsync(unsigned, cancel), Is.AnyOf(400, 403, 404, 405));
        bridge.NobodyGotIn();
        Assert.That(await bridge.StatusAsync(unsigned.SignedWith(bridge.AuthToken(), "https://bridge.test/incoming-call", form), cancel), Is.AnyOf(200, 400, 403, 404, 405), "never a fault of ours");
    }

    [Test, Category("E9")]
    public async Task Heads_that_are_too_large_or_broken_are_refused(CancellationToken cancel)
    {
        await using var bridge = await BridgeHost.StartGuardedAsync();
        var good = bridge.Genuine(bridge.Form());
        await ExpectAsync("a header of 17 KiB", good.With("X-Big", new string('x', 17 * 1024)), 431);
        await ExpectAsync("51 headers", Enumerable.Range(0, 51).Aggregate(good, (request, n) => request.With($"X-{n}", "x")), 431);
        await ExpectAsync("a line of 20 KiB", good with { Target = "/incoming-call?" + new string('x', 20 * 1024) }, 414, 431);
        await ExpectAsync("a name with a space", good.With("X Y", "z"), 400);
        await ExpectAsync("a value with NUL", good.With("X-Y", "a\0b"), 400);
        await ExpectAsync("a folded header", good.With("X-Y", "a\r\n b"), 400);
        await ExpectAsync("no host", good.Without("Host"), 400);
        await ExpectAsync("two hosts", good.With("Host", "attacker.test"), 400);
        await ExpectAsync("HTTP/1.2", good with { Version = "HTTP/1.2" }, 505, 400);
        await ExpectAsync("HTTP/0.9", good with { Version = "" }, 400, 505);
        bridge.NobodyGotIn();

        Task ExpectAsync(string what, RawRequest request, params int[] statuses) => ExpectAnswerAsync(bridge, what, request, statuses, cancel);
    }

    [Test, Category("E9")]
    public async Task A_request_that_has_two_ends_is_answered_once_with_400_and_nothing_after_it_is_read(CancellationToken cancel)
    {
        await using var bridge = await BridgeHost.StartGuardedAsync();
        var smuggled = $"GET /health/live HTTP/1.1\r\nHost: bridge.test\r\n\r\n";
        var fields = bridge.Form();
        var good = bridge.Genuine(fields);
        var length = good.Body.Length;
        var twice = new Dictionary<string, RawRequest>
        {
            ["a length and chunks"] = good.With("Transfer-Encoding", "chunked") with { Body = [.. "0\r\n\r\n"u8] },
            ["two lengths"] = good.With("Content-Length", "5"),
            ["two lengths in one"] = good.Instead("Content-Length", $"{length}, 5"),
            ["a negative length"] = good.Instead("Content-Length", "-1"),
            ["a length in hex"] = good.Instead("Content-Length", "0x10"),
            ["a length beyond all"] = good.Instead("Content-Length", "99999999999999999999"),
            ["chunks twice"] = good.Without("Content-Length").With("Transfer-Encoding", "chunked, chunked"),
            ["chunks and something else"] = good.Without("Content-Length").With("Transfer-Encoding", "chunked, identity"),
            ["chunks in disguise"] = good.With("Transfer-Encoding", "xchunked"),
            ["chunks without a number"] = good.Without("Content-Length").With("Transfer-Encoding", "chunked") with { Body = [.. "zz\r\nx\r\n0\r\n\r\n"u8] },
            ["a chunk of -1"] = good.Without("Content-Length").With("Transfer-Encoding", "chunked") with { Body = [.. "ffffffffffffffff\r\nx\r\n0\r\n\r\n"u8] },
        };
        foreach (var (name, request) in twice)
        {
            await using var connection = await RawConnection.OpenAsync(bridge.Address, cancel);
            await connection.SendAsync((byte[])[.. request.Bytes(), .. Encoding.ASCII.GetBytes(smuggled)], cancel);
            var first = await connection.AnswerAsync(cancel);
            Assert.That(first?.Status, Is.AnyOf(400, 403, 411, 413, 501), $"{name}: {first?.Text}");
            Assert.That(await connection.AnswerAsync(cancel), Is.Null, $"{name}: nothing after it");
        }

        bridge.NobodyGotIn();
    }

    [Test, Category("C12")]
    public async Task Odd_but_legal_ways_to_send_a_signed_form_are_taken_each_request_on_its_own(CancellationToken cancel)
    {
        await using var bridge = await BridgeHost.StartGuardedAsync();
        var (first, last) = (bridge.Genuine(bridge.Form()), bridge.Genuine(bridge.Form()));
        await using var connection = await RawConnection.OpenAsync(bridge.Address, cancel);
        await connection.SendAsync((byte[])[.. first.Bytes(), .. first.Without("X-Twilio-Signature").Bytes(), .. last.Bytes()], cancel);
        var answers = new[] { await connection.AnswerAsync(cancel), await connection.AnswerAsync(cancel), await connection.AnswerAsync(cancel) };
        Assert.That(answers.Select(answer => answer?.Status), Is.EqualTo(new int?[] { 200, 403, null }), "three at once: who is refused keeps no connection, and what came behind is not read");

        var careful = bridge.Genuine(bridge.Form()).With("Expect", "100-continue");
        Assert.That(await bridge.StatusAsync(careful, cancel), Is.EqualTo(200));
        Assert.That(await bridge.StatusAsync(careful.Without("X-Twilio-Signature"), cancel), Is.EqualTo(403));

        var whole = bridge.Genuine(bridge.Form());
        var chunked = whole.Without("Content-Length").With("Transfer-Encoding", "chunked");
        byte[] body = [.. whole.Body.SelectMany(one => (byte[])[(byte)'1', 13, 10, one, 13, 10]), .. "0\r\n\r\n"u8];
        Assert.That(await bridge.StatusAsync(chunked with { Body = body }, cancel), Is.EqualTo(200));
        byte[] endless = [.. Encoding.ASCII.GetBytes("11000\r\n"), .. new byte[0x11000], 13, 10];
        Assert.That(await bridge.StatusAsync(chunked with { Body = endless }, cancel), Is.EqualTo(413));
    }

    private static async Task ExpectAnswerAsync(BridgeHost bridge, string what, RawRequest request, int[] statuses, CancellationToken cancel) =>
        Assert.That(await bridge.StatusAsync(request, cancel), Is.AnyOf([.. statuses.Cast<object>()]), what);

    private static RawRequest Raw(BridgeHost bridge, string type, byte[] body) =>
        RawRequest.Post(bridge.PublicUrl(), "/incoming-call", type, body).SignedWith(bridge.AuthToken(), "https://bridge.test/incoming-call");

    private static byte[] Bomb()
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize))
            gzip.Write(new byte[10 << 20]);
        return packed.ToArray();
    }
}
