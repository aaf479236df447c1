using System.Text.Json;

namespace Bridge.Simulator.Model;

/// <summary>What a JSON value must look like; the first thing that is wrong comes back as the API's own error.</summary>
internal abstract class Shape
{
    public abstract RealtimeError? Check(JsonElement value, string path);

    protected static string Name(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => "a string",
        JsonValueKind.Number => value.TryGetInt64(out _) ? "an integer" : "a decimal number",
        JsonValueKind.True or JsonValueKind.False => "a boolean",
        JsonValueKind.Array => "an array",
        JsonValueKind.Object => "an object",
        _ => "null",
    };
}

/// <summary>An object with these fields and no others; a name with a <c>!</c> at its end is required.</summary>
internal sealed class ObjectShape : Shape
{
    private readonly Dictionary<string, Shape> _fields;
    private readonly string[] _required;
    private readonly bool _nullable;

    public ObjectShape(Dictionary<string, Shape> fields, bool nullable = false)
    {
        _nullable = nullable;
        _required = [.. fields.Keys.Where(name => name.EndsWith('!')).Select(name => name[..^1])];
        _fields = fields.ToDictionary(field => field.Key.TrimEnd('!'), field => field.Value);
    }

    public override RealtimeError? Check(JsonElement value, string path)
    {
        if (_nullable && value.ValueKind == JsonValueKind.Null)
            return null;
        if (value.ValueKind != JsonValueKind.Object)
            return RealtimeError.WrongType(path, "an object", Name(value));
        var prefix = path.Length == 0 ? "" : path + ".";
        foreach (var field in value.EnumerateObject())
        {
            var error = _fields.TryGetValue(field.Name, out var shape)
                ? shape.Check(field.Value, prefix + field.Name)
                : RealtimeError.Unknown(prefix + field.Name);
            if (error is not null)
                return error;
        }

        return _required.FirstOrDefault(name => !value.TryGetProperty(name, out _)) is { } missing ? RealtimeError.Missing(prefix + missing) : null;
    }
}

/// <summary>One of several objects, told apart by their field <c>type</c>.</summary>
internal sealed class TaggedShape(Dictionary<string, ObjectShape> kinds, bool nullable = false) : Shape
{
    public override RealtimeError? Check(JsonElement value, string path)
    {
        if (nullable && value.ValueKind == JsonValueKind.Null)
            return null;
        if (value.ValueKind != JsonValueKind.Object)
            return RealtimeError.WrongType(path, "an object", Name(value));
        if (!value.TryGetProperty("type", out var type))
            return RealtimeError.Missing(path + ".type");
        return type.ValueKind == JsonValueKind.String && kinds.TryGetValue(type.GetString()!, out var kind)
            ? kind.Check(value, path)
            : RealtimeError.WrongValue(path + ".type", type.ToString(), kinds.Keys);
    }
}

/// <summary>A string: one of a list, or at most so long, or base64.</summary>
internal sealed class TextShape(string[]? oneOf = null, int maxLength = int.MaxValue, bool base64 = false, bool nullable = false) : Shape
{
    public override RealtimeError? Check(JsonElement value, string path)
    {
        if (nullable && value.ValueKind == JsonValueKind.Null)
            return null;
        if (value.ValueKind != JsonValueKind.String)
            return RealtimeError.WrongType(path, "a string", Name(value));
        var text = value.GetString()!;
        if (oneOf is not null && !oneOf.Contains(text))
            return RealtimeError.WrongValue(path, text, oneOf);
        if (text.Length > maxLength)
        {
            return new RealtimeError(
                "string_above_max_length",
                $"Invalid '{path}': string too long. "
                + $"Expected a string with maximum length {maxLength}, but got a string with length {text.Length} instead.",
                path);
        }

        return base64 && !value.TryGetBytesFromBase64(out _)
            ? new RealtimeError("invalid_value", $"Invalid '{path}'. Expected base64-encoded audio bytes but got an invalid value.", path)
            : null;
    }
}

/// <summary>A number within bounds; <c>null</c> and one word (such as "inf") if allowed.</summary>
internal sealed class NumberShape(double min, double max, bool integer = false, string? word = null, bool nullable = false) : Shape
{
    public override RealtimeError? Check(JsonElement value, string path)
    {
        if (nullable && value.ValueKind == JsonValueKind.Null)
            return null;
        if (word is not null && value.ValueKind == JsonValueKind.String && value.ValueEquals(word))
            return null;
        if (value.ValueKind != JsonValueKind.Number || (integer && !value.TryGetInt64(out _)))
            return RealtimeError.WrongType(path, integer ? "an integer" : "a number", Name(value));
        var number = value.GetDouble();
        if (number < min)
            return new RealtimeError("integer_below_min_value", $"Invalid '{path}': expected a value >= {min}, but got {number} instead.", path);
        return number > max
            ? new RealtimeError("integer_above_max_value", $"Invalid '{path}': expected a value <= {max}, but got {number} instead.", path)
            : null;
    }
}

/// <summary>A value of one of these JSON kinds, not looked into.</summary>
internal sealed class OpaqueShape(params JsonValueKind[] kinds) : Shape
{
    public override RealtimeError? Check(JsonElement value, string path) =>
        kinds.Contains(value.ValueKind) ? null : RealtimeError.WrongType(path, string.Join(" or ", kinds), Name(value));
}

/// <summary>Up to 16 pairs of short names and texts, or null.</summary>
internal sealed class MetadataShape : Shape
{
    private const int MaxPairs = 16;
    private const int MaxName = 64;

    private static readonly TextShape Value = new(maxLength: 512);

    public override RealtimeError? Check(JsonElement value, string path)
    {
        if (value.ValueKind == JsonValueKind.Null)
            return null;
        if (value.ValueKind != JsonValueKind.Object)
            return RealtimeError.WrongType(path, "an object", Name(value));
        var pairs = value.EnumerateObject().ToList();
        if (pairs.Count > MaxPairs)
        {
            return new RealtimeError(
                "object_above_max_properties",
                $"Invalid '{path}': too many properties. "
                + $"Expected an object with at most {MaxPairs} properties, but got an object with {pairs.Count} properties instead.",
                path);
        }

        if (pairs.FirstOrDefault(static pair => pair.Name.Length > MaxName) is { Value.ValueKind: not JsonValueKind.Undefined } tooLong)
        {
            return new RealtimeError(
                "invalid_property_name",
                $"Invalid property name '{tooLong.Name}' in '{path}': expected a name of at most {MaxName} characters.",
                path);
        }

        return pairs.Select(pair => Value.Check(pair.Value, $"{path}.{pair.Name}")).FirstOrDefault(static error => error is not null);
    }
}
