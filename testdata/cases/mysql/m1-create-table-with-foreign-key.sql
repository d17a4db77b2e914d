-- CHANGE: new tables as a framework makes them: with a foreign key, like another one, and changed at once | EXPECT: as native | SOURCE: own
CREATE TABLE t (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, v INT, KEY (v));
-- SEED 5
INSERT INTO t (v) VALUES ({i})
-- WRITES
UPDATE t SET v = {r} WHERE id = {i}
-- CHANGE
CREATE TABLE child (id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY, t_id INT NOT NULL, body TEXT, KEY on_t (t_id), CONSTRAINT to_t FOREIGN KEY (t_id) REFERENCES t (id) ON DELETE CASCADE);
CREATE TABLE copy_of_t LIKE t;
ALTER TABLE copy_of_t ADD COLUMN more INT NOT NULL, MODIFY v BIGINT;
ALTER TABLE child ADD COLUMN n INT
