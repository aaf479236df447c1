using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Bridge.Application.Options;

/// <summary>
/// A text that nobody may see: a key, an authentication token. It prints as <c>***</c>, in a log, in a debugger, as JSON; whoever
/// needs it says so with <see cref="Reveal"/>. Configuration binds it from text.
/// </summary>
[TypeConverter(typeof(FromText))]
[JsonConverter(typeof(AsStars))]
[DebuggerDisplay("***")]
public sealed class Secret
{
    private const string Stars = "***";

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private readonly string _text;

    /// <summary>Hides a text.</summary>
    public Secret(string text) => _text = text;

    /// <summary>Is there no text in it?</summary>
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public bool IsEmpty => _text.Length == 0;

    /// <summary>The text itself; where this stands, a secret leaves its hiding.</summary>
    public string Reveal() => _text;

    /// <summary>Stars.</summary>
    public override string ToString() => Stars;

    /// <summary>The parts of a list separated by commas or lines, without the spaces round them; empty ones are none.</summary>
    public IReadOnlyList<Secret> Split() =>
        [.. _text.Split([',', '\n', '\r'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(part => new Secret(part))];

    private sealed class FromText : TypeConverter
    {
        public override bool CanConvertFrom(ITypeDescriptorContext? context, Type sourceType) => sourceType == typeof(string);

        public override object ConvertFrom(ITypeDescriptorContext? context, CultureInfo? culture, object value) => new Secret((string)value);
    }

    private sealed class AsStars : JsonConverter<Secret>
    {
        public override Secret Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => new(reader.GetString() ?? "");

        public override void Write(Utf8JsonWriter writer, Secret value, JsonSerializerOptions options) => writer.WriteStringValue(Stars);
    }
}
