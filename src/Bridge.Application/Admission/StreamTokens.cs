using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;

namespace Bridge.Application.Admission;

/// <summary>
/// Writes and proves stream tokens: <c>v1.KEY.PAYLOAD.MAC</c>, the MAC HMAC-SHA256 over all before it. The version fixes the
/// algorithm: a token cannot choose one. With several keys the first signs and all prove, so that a key can be changed while
/// tokens of the old one are on their way.
/// </summary>
public sealed class StreamTokens
{
    private const int MaxLength = 400;
    private const string Version = "v1";
    private static readonly SearchValues<char> Characters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.");
    private readonly Key[] _keys;
    private readonly TimeProvider _time;

    /// <summary>With the keys that are set, or a random one: then no other instance, and no later one, knows its tokens.</summary>
    public StreamTokens(IOptions<AdmissionOptions> options, TimeProvider time)
    {
        var keys = options.Value.StreamTokenKeys?.Split() ?? [];
        _keys = keys.Count > 0 ? [.. keys.Select(k => Key.Of(k.Reveal()))] : [Key.Of(Convert.ToHexString(RandomNumberGenerator.GetBytes(32)))];
        _time = time;
    }

    /// <summary>A new token for a call.</summary>
    public (StreamToken Token, string Text) Issue(string callSid, string? accountSid, string profile, TimeSpan life)
    {
        var now = _time.GetUtcNow().ToUnixTimeSeconds();
        var token = new StreamToken(callSid, StreamToken.AccountOf(accountSid), profile, now, now + (long)Math.Ceiling(life.TotalSeconds), StreamToken.NewNonce());
        return (token, TextOf(token));
    }

    /// <summary>
    /// The token that a text proves; else why it proves none. Cheapest first, and the MAC in constant time. Whether it is still
    /// good is for the registry to say, which may know its call.
    /// </summary>
    public StreamToken? Prove(string? text, out StreamTokenFault fault)
    {
        fault = StreamTokenFault.Garbled;
        if (text is null || text.Length > MaxLength || text.AsSpan().ContainsAnyExcept(Characters))
            return null;
        var parts = text.Split('.');
        if (parts.Length != 4 || parts[0] != Version)
            return null;
        fault = StreamTokenFault.UnknownKey;
        if (Array.Find(_keys, k => k.Id == parts[1]) is not { } key)
            return null;
        fault = StreamTokenFault.Forged;
        // Compared as text: base64 has several spellings of some bytes, and there is to be one token, not four.
        var mac = key.Mac(text[..text.LastIndexOf('.')]);
        if (!CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(parts[3]), Encoding.ASCII.GetBytes(mac)))
            return null;
        fault = StreamTokenFault.Garbled;
        return !Base64Url.IsValid(parts[2]) ? null : StreamToken.Parse(Encoding.UTF8.GetString(Base64Url.DecodeFromChars(parts[2])));
    }

    /// <summary>A token as it is given out; the same text each time.</summary>
    public string TextOf(StreamToken token)
    {
        var signed = $"{Version}.{_keys[0].Id}.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(token.Payload()))}";
        return $"{signed}.{_keys[0].Mac(signed)}";
    }

    /// <summary>A key and its name, which is made of it: nobody has to think of one.</summary>
    private sealed record Key(string Id, byte[] Bytes)
    {
        public static Key Of(string text)
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            return new Key(Base64Url.EncodeToString(SHA256.HashData([.. "stream token key:"u8, .. bytes]).AsSpan(0, 3)), bytes);
        }

        public string Mac(string text) => Base64Url.EncodeToString(HMACSHA256.HashData(Bytes, Encoding.ASCII.GetBytes(text)));
    }
}

/// <summary>Why a text is no stream token.</summary>
public enum StreamTokenFault
{
    /// <summary>It has not the shape of one.</summary>
    Garbled,

    /// <summary>No key of ours has the name it says.</summary>
    UnknownKey,

    /// <summary>Nobody with that key wrote it.</summary>
    Forged,
}
