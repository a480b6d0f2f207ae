package httpsup

import (
	"bytes"
	"encoding"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/supgen/supgen/runtime"
)

var update = flag.Bool("update", false, "write the schemas, and the pictures of the manual")

// documents are what the API answers with, by the names of their schemas.
var documents = map[string]any{
	"state": struct {
		Tree     runtime.TreeState    `json:"tree"`
		Report   *runtime.Report      `json:"report,omitempty"`
		Children []runtime.ChildState `json:"children"`
	}{},
	"event": runtime.Event{},
	"history": []any{bounds{}, moment{}, struct {
		Events []runtime.Event `json:"events"`
		Next   uint64          `json:"next"`
	}{}},
	"declarations": struct {
		Incarnation  string        `json:"incarnation"`
		Operate      bool          `json:"operate"`
		Declarations []declaration `json:"declarations"`
	}{},
}

// A schemer makes JSON Schemas of types.
type schemer struct{ defs map[string]any }

type object = map[string]any

func (s *schemer) of(t reflect.Type) object {
	switch {
	case t.Kind() == reflect.Pointer:
		return s.of(t.Elem())
	case t == reflect.TypeFor[time.Time]():
		return object{"type": "string", "format": "date-time"}
	case t == reflect.TypeFor[time.Duration]():
		return object{"type": "integer", "description": "nanoseconds"}
	case t.Implements(reflect.TypeFor[encoding.TextMarshaler]()):
		return object{"type": "string", "enum": labels(t)}
	case t.Kind() == reflect.Slice:
		return object{"type": "array", "items": s.of(t.Elem())}
	case t.Kind() == reflect.Struct && t.Name() == "":
		return s.object(t)
	case t.Kind() == reflect.Struct:
		if _, ok := s.defs[t.Name()]; !ok {
			s.defs[t.Name()] = nil // it may be in itself
			s.defs[t.Name()] = s.object(t)
		}
		return object{"$ref": "#/$defs/" + t.Name()}
	case t.Kind() == reflect.String:
		return object{"type": "string"}
	case t.Kind() == reflect.Bool:
		return object{"type": "boolean"}
	case t.Kind() >= reflect.Int && t.Kind() <= reflect.Int64:
		return object{"type": "integer"}
	case t.Kind() >= reflect.Uint && t.Kind() <= reflect.Uint64:
		return object{"type": "integer", "minimum": 0}
	}
	panic(fmt.Sprint("no schema of ", t))
}

// object is the schema of a struct. What may be left out is not required.
func (s *schemer) object(t reflect.Type) object {
	properties, required := object{}, []string{}
	for i := range t.NumField() {
		f := t.Field(i)
		name, option, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "-" || !f.IsExported() {
			continue
		}
		properties[name] = s.of(f.Type)
		if option == "" {
			required = append(required, name)
		}
	}
	if t == reflect.TypeFor[runtime.Failure]() { // which writes itself
		properties["stack"] = object{"type": "string"}
	}
	slices.Sort(required)
	return object{"type": "object", "properties": properties, "required": required}
}

// labels are the texts of an enumeration.
func labels(t reflect.Type) (all []string) {
	v := reflect.New(t).Elem()
	for i := range uint64(256) {
		v.SetUint(i)
		text, err := v.Interface().(encoding.TextMarshaler).MarshalText()
		if err != nil {
			break
		}
		all = append(all, string(text))
	}
	return all
}

func schemaOf(name string) []byte {
	s := &schemer{defs: object{}}
	top := object{}
	if some, ok := documents[name].([]any); ok {
		var one []any
		for _, v := range some {
			one = append(one, s.of(reflect.TypeOf(v)))
		}
		top["oneOf"] = one
	} else {
		top = s.of(reflect.TypeOf(documents[name]))
	}
	top["$schema"], top["$defs"] = "https://json-schema.org/draft/2020-12/schema", s.defs
	text, err := json.MarshalIndent(top, "", "  ")
	if err != nil {
		panic(err)
	}
	return append(text, '\n')
}

// The schemas are what the types say, and what was in them once stays: testdata/fields.txt only grows.
//
//	go test ./runtime/httpsup -run TestSchemas -update
func TestSchemas(t *testing.T) {
	now := map[string]bool{}
	for name := range documents {
		file, made := "schema/"+name+".json", schemaOf(name)
		if *update {
			if err := os.WriteFile(file, made, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(text), string(made)); diff != "" {
			t.Errorf("%s is not what the types say (-update writes it):\n%s", file, diff)
		}
		var s object
		json.Unmarshal(made, &s)
		fields(now, name, s)
	}
	const golden = "testdata/fields.txt"
	old, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(old)) {
		if line = strings.TrimSpace(line); !now[line] {
			t.Errorf("the API had %q, and has it no more", line)
		}
		delete(now, line)
	}
	if *update {
		lines := slices.Sorted(slices.Values(slices.AppendSeq(strings.Fields(string(old)), maps.Keys(now))))
		if err := os.WriteFile(golden, []byte(strings.Join(lines, "\n")+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	for line := range now {
		t.Errorf("%q is new, and not in %s (-update adds it)", line, golden)
	}
}

// fields are the properties of a schema with their types, and the values of its enumerations.
func fields(into map[string]bool, at string, s object) {
	for name, sub := range s {
		switch sub := sub.(type) {
		case object:
			if name == "properties" {
				for p, what := range sub {
					what := what.(object)
					kind, _ := what["type"].(string)
					ref, _ := what["$ref"].(string)
					into[fmt.Sprintf("%s.%s:%s%s", at, p, kind, ref)] = true
					for _, v := range listOf(what["enum"]) {
						into[fmt.Sprintf("%s.%s=%v", at, p, v)] = true
					}
				}
			} else {
				fields(into, at+"/"+name, sub)
			}
		case []any:
			for i, v := range sub {
				if v, ok := v.(object); ok {
					fields(into, fmt.Sprint(at, "/", i), v)
				}
			}
		}
	}
}

func listOf(v any) []any {
	all, _ := v.([]any)
	return all
}

// validate holds a value to a schema, which has to know all that is in it.
func validate(top, s object, v any) error {
	if ref, ok := s["$ref"].(string); ok {
		s = top["$defs"].(object)[strings.TrimPrefix(ref, "#/$defs/")].(object)
	}
	if one := listOf(s["oneOf"]); one != nil {
		var errs []error
		for _, s := range one {
			err := validate(top, s.(object), v)
			if err == nil {
				return nil
			}
			errs = append(errs, err)
		}
		return errors.Join(errs...)
	}
	is := map[string]bool{}
	switch v := v.(type) {
	case string:
		is["string"] = true
		if all := listOf(s["enum"]); all != nil && !slices.Contains(all, any(v)) {
			return fmt.Errorf("%q is not one of %v", v, all)
		}
	case bool:
		is["boolean"] = true
	case json.Number:
		is["integer"] = !strings.ContainsAny(v.String(), ".eE")
		if s["minimum"] != nil && v[0] == '-' {
			return fmt.Errorf("%v is negative", v)
		}
	case []any:
		is["array"] = true
		for i, item := range v {
			if err := validate(top, s["items"].(object), item); err != nil {
				return fmt.Errorf("[%d]%w", i, err)
			}
		}
	case object:
		is["object"] = true
		properties, _ := s["properties"].(object)
		for name, value := range v {
			p, ok := properties[name].(object)
			if !ok {
				return fmt.Errorf(" has %q, which the schema does not know", name)
			}
			if err := validate(top, p, value); err != nil {
				return fmt.Errorf(".%s%w", name, err)
			}
		}
		for _, name := range listOf(s["required"]) {
			if _, ok := v[name.(string)]; !ok {
				return fmt.Errorf(" has no %q", name)
			}
		}
	}
	if kind, _ := s["type"].(string); !is[kind] {
		return fmt.Errorf(" is %v, and not of type %s", v, kind)
	}
	return nil
}

// valid holds an answer to a schema.
func valid(t *testing.T, name string, text []byte) {
	t.Helper()
	schema, err := files.ReadFile("schema/" + name + ".json")
	if err != nil {
		t.Fatal(err)
	}
	var s object
	if err := json.Unmarshal(schema, &s); err != nil {
		t.Fatal(err)
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		t.Fatalf("%v in %.300s", err, text)
	}
	if err := validate(s, s, v); err != nil {
		t.Errorf("%s%v", name, err)
	}
}

// What the API answers is what its schemas say, through the life of a tree in which much goes wrong.
func TestAnswersHaveSchemas(t *testing.T) {
	var a *app
	run(t, func() *runtime.Tree { a = newApp(); return a.Tree }, func(t *testing.T, tree *runtime.Tree) {
		h := Handler(tree, Authorise(anybody))
		all := func() {
			t.Helper()
			time.Sleep(time.Second)
			valid(t, "state", get(h, "/state").Body.Bytes())
			valid(t, "declarations", get(h, "/declarations").Body.Bytes())
			valid(t, "history", get(h, "/history").Body.Bytes())
			valid(t, "history", get(h, "/history?from=0").Body.Bytes())
			valid(t, "history", get(h, fmt.Sprint("/history?at=", tree.Snapshot().Tree().Sequence)).Body.Bytes())
			valid(t, "history", get(h, "/history?at=99999").Body.Bytes())
		}
		c := connect(h, "Accept", "application/x-ndjson")
		all()
		a.ready <- struct{}{}
		tree.Start(t.Context(), conns, runtime.Key("k"), nil)
		all()
		a.fail <- errLost
		tree.Handle("Shop.HTTP[0]").Quarantine("ada", "a test")
		tree.Handle(`Shop.Conn["k"]`).Remove("ada", "a test")
		all()
		time.Sleep(time.Minute)
		all()
		tree.Shutdown("ada", "a test")
		all()
		<-c.ended
		events := 0
		for line := range strings.Lines(c.read()) {
			if strings.HasPrefix(line, `{"sequence"`) {
				valid(t, "event", []byte(line))
				events++
			}
		}
		if events < 30 {
			t.Errorf("there were only %d events", events)
		}
		if err := validate(object{}, object{"type": "object", "required": []any{"x"}}, object{}); err == nil {
			t.Error("the test finds nothing")
		}
	})
}
