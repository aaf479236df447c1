using System.Diagnostics;
using System.Net.WebSockets;
using System.Text;

namespace Bridge.Api.Doctor.Attacks;

/// <summary>What can be done with a media stream that was opened with a right signature and a right token. None says <c>start</c>.</summary>
internal static class OpenStreamAttacks
{
    private const int HugeMessage = 17 * 1024;

    public static IReadOnlyList<Attack> All { get; } =
    [
        new("compression offered", "not taken", Needs.Signature, CompressionAsync),
        new("replayed token, stream open", "409 or 403", Needs.Signature, (target, cancel) => ReplayAsync(target, closeFirst: false, cancel)),
        new("replayed token, stream over", "409 or 403", Needs.Signature, (target, cancel) => ReplayAsync(target, closeFirst: true, cancel)),
        new("huge message", "closed 1009", Needs.Signature, HugeMessageAsync),
        new("silent socket", "closed", Needs.Signature, SilentAsync) { IsSlow = true },
    ];

    private static async Task<Outcome> CompressionAsync(AttackTarget target, CancellationToken cancellationToken)
    {
        await using var socket = await TakeAsync(target, cancellationToken, ("Sec-WebSocket-Extensions", "permessage-deflate; client_max_window_bits"));
        return socket.Answer!.Headers["Sec-WebSocket-Extensions"].Any(e => e.Contains("permessage-deflate", StringComparison.OrdinalIgnoreCase))
            ? new(Verdict.Open, "taken")
            : new(Verdict.Shut, "not taken");
    }

    private static async Task<Outcome> ReplayAsync(AttackTarget target, bool closeFirst, CancellationToken cancellationToken)
    {
        var stream = (await target.StreamAsync(cancellationToken)).Url;
        await using var first = await TakeAsync(target, cancellationToken);
        if (closeFirst)
        {
            await first.Frames!.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, cancellationToken);
            await first.EndAsync(target.Bounds.Answer, cancellationToken);
        }

        await using var second = await RawSocket.OpenAsync(target, stream, target.Sign(stream), [], cancellationToken);
        return Outcome.Of(second.Answer, 409, 403);
    }

    private static async Task<Outcome> HugeMessageAsync(AttackTarget target, CancellationToken cancellationToken)
    {
        await using var socket = await TakeAsync(target, cancellationToken);
        var message = Encoding.ASCII.GetBytes($$"""{"event":"probe","padding":"{{new string('x', HugeMessage)}}"}""");
        await socket.Frames!.SendAsync(message, WebSocketMessageType.Text, endOfMessage: true, cancellationToken);
        return await socket.EndAsync(target.Bounds.SilentSocket, cancellationToken) switch
        {
            (int)WebSocketCloseStatus.MessageTooBig => new(Verdict.Shut, "closed 1009"),
            null => new(Verdict.Open, "taken"),
            var other => new(Verdict.Odd, $"closed {other}"),
        };
    }

    private static async Task<Outcome> SilentAsync(AttackTarget target, CancellationToken cancellationToken)
    {
        // A stream of its own: this one is tried beside the others.
        await using var socket = await RawSocket.ProveAsync(target, (await target.NewStreamAsync(cancellationToken)).Url, cancellationToken);
        var started = Stopwatch.GetTimestamp();
        var end = await socket.EndAsync(target.Bounds.SilentSocket, cancellationToken);
        return end is null
            ? new(Verdict.Open, $"open after {target.Bounds.SilentSocket.TotalSeconds:0.#} s")
            : new(Verdict.Shut, $"closed {end} after {Stopwatch.GetElapsedTime(started).TotalSeconds:0} s");
    }

    /// <summary>Opens the stream that nobody has opened yet.</summary>
    private static async Task<RawSocket> TakeAsync(AttackTarget target, CancellationToken cancellationToken, params (string, string)[] headers)
    {
        var stream = await target.StreamAsync(cancellationToken);
        target.Spend();
        return await RawSocket.ProveAsync(target, stream.Url, cancellationToken, headers);
    }
}
