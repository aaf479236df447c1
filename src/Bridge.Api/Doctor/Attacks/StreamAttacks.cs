using System.Security.Cryptography;
using Bridge.Application.IncomingCalls;

namespace Bridge.Api.Doctor.Attacks;

/// <summary>Media streams that must be refused before the upgrade.</summary>
internal static class StreamAttacks
{
    private const string TokenCharacters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    public static IReadOnlyList<Attack> All { get; } =
    [
        new("unsigned socket", "403", Needs.Nothing, UnsignedAsync),
        new("unsigned socket, right token", "403", Needs.Signature, async (target, cancel) => await TryAsync(target, (await target.StreamAsync(cancel)).Url, null, [], cancel)),
        new("socket signed as https", "403", Needs.Signature, SignedAsHttpsAsync),
        new("socket of a web page", "403", Needs.Signature, ForeignPageAsync),
        new("no token", "403", Needs.Signature, NoTokenAsync),
        new("made-up token", "403", Needs.Signature, MadeUpAsync),
        new("altered token", "403", Needs.Signature, AlteredAsync),
    ];

    /// <summary>Anyone can try these two.</summary>
    private static async Task<Outcome> UnsignedAsync(AttackTarget target, CancellationToken cancellationToken)
    {
        var bare = Socket(target) + TwilioPaths.MediaStream;
        return Outcome.Worst([await TryAsync(target, bare, null, [], cancellationToken), await TryAsync(target, $"{bare}/v1.a.{Random(43)}.{Random(43)}", null, [], cancellationToken)]);
    }

    private static async Task<Outcome> SignedAsHttpsAsync(AttackTarget target, CancellationToken cancellationToken)
    {
        var stream = (await target.StreamAsync(cancellationToken)).Url;
        return await TryAsync(target, stream, target.Sign("https" + stream["wss".Length..]), [], cancellationToken);
    }

    /// <summary>Only browsers send an Origin, and Twilio is none.</summary>
    private static async Task<Outcome> ForeignPageAsync(AttackTarget target, CancellationToken cancellationToken)
    {
        var stream = (await target.StreamAsync(cancellationToken)).Url;
        return await TryAsync(target, stream, target.Sign(stream), [("Origin", "https://elsewhere.example")], cancellationToken);
    }

    private static Task<Outcome> NoTokenAsync(AttackTarget target, CancellationToken cancellationToken) => SignedAsync(target, Socket(target) + TwilioPaths.MediaStream, cancellationToken);

    /// <summary>With the version and the key's name of a real one, so that only the rest can tell.</summary>
    private static async Task<Outcome> MadeUpAsync(AttackTarget target, CancellationToken cancellationToken)
    {
        var stream = await target.StreamAsync(cancellationToken);
        var token = stream.Token.Split('.') is [var version, var key, var payload, var mac] ? $"{version}.{key}.{Random(payload.Length)}.{Random(mac.Length)}" : Random(43);
        return await SignedAsync(target, $"{Socket(target)}{TwilioPaths.MediaStream}/{token}", cancellationToken);
    }

    /// <summary>A character in the middle, one of the proof, and the last one: its lowest bits mean nothing, and a lax reader drops them.</summary>
    private static async Task<Outcome> AlteredAsync(AttackTarget target, CancellationToken cancellationToken)
    {
        var outcomes = new List<Outcome>();
        var length = (await target.StreamAsync(cancellationToken)).Token.Length;
        if (length < 4)
            return new(Verdict.Open, "there is no token");
        foreach (var back in new[] { length / 2, 4, 1 })
        {
            var stream = await target.StreamAsync(cancellationToken);
            outcomes.Add(await SignedAsync(target, stream.Url[..^back] + Other(stream.Url[^back]) + stream.Url[^back..][1..], cancellationToken));
        }

        return Outcome.Worst(outcomes);
    }

    private static Task<Outcome> SignedAsync(AttackTarget target, string url, CancellationToken cancellationToken) => TryAsync(target, url, target.Sign(url), [], cancellationToken);

    private static async Task<Outcome> TryAsync(AttackTarget target, string url, string? signature, IEnumerable<(string, string)> headers, CancellationToken cancellationToken)
    {
        await using var socket = await RawSocket.OpenAsync(target, url, signature, headers, cancellationToken);
        if (socket.Answer?.Status == 101)
            target.Spend();
        return Outcome.Of(socket.Answer, 403);
    }

    private static string Socket(AttackTarget target) => "wss" + SignatureCandidates.Base(target.Address)[target.Address.Scheme.Length..];

    private static string Random(int length) => new(RandomNumberGenerator.GetItems<char>(TokenCharacters, length));

    /// <summary>Its neighbour in the alphabet of base64: in the last place, a change of the lowest bits alone.</summary>
    private static char Other(char character) => TokenCharacters.IndexOf(character, StringComparison.Ordinal) is var at and >= 0 ? TokenCharacters[at ^ 1] : 'x';
}
